"""A printer's keywords in plain words. RFC 8011 section 5.4.12; printers add "-report", "-warning" or "-error"."""

LOST_HISTORY = "cups-ipp-missing-job-history"

# Keyword -> sentence, and whether the printer is blocked: what it takes now comes out late or not at all.
REASONS = {
    "media-empty": ("It is out of paper.", True),
    "media-needed": ("It needs paper.", True),
    "media-jam": ("Paper is jammed.", True),
    "media-low": ("Paper is running low.", False),
    "input-tray-missing": ("A paper tray is missing.", True),
    "output-area-full": ("Its output tray is full.", True),
    "cover-open": ("Its cover is open.", True),
    "door-open": ("A door is open.", True),
    "interlock-open": ("A door is open.", True),
    "toner-empty": ("It is out of toner.", True),
    "toner-low": ("Toner is running low.", False),
    "marker-supply-empty": ("It is out of ink or toner.", True),
    "marker-supply-low": ("Ink or toner is running low.", False),
    "offline": ("It is offline: is it switched on and connected?", True),
    "connecting-to-device": ("The queue is trying to reach it.", False),
    "timed-out": ("It does not answer its queue.", True),
    "paused": ("It is paused.", True),
    "shutdown": ("It is switched off.", True),
    "moving-to-paused": ("It is about to be paused.", True),
    "stopping": ("It is about to stop.", True),
    "hold-new-jobs": ("Its queue holds new jobs back: release them there.", True),  # cupsdisable --hold
    "spool-area-full": ("It has no room for more jobs.", True),
    "output-tray-missing": ("An output tray is missing.", True),
    "output-area-almost-full": ("Its output tray is nearly full.", False),
    "marker-waste-full": ("Its waste container is full.", True),
    "marker-waste-almost-full": ("Its waste container is nearly full.", False),
    "developer-empty": ("It is out of developer.", True),
    "developer-low": ("Developer is running low.", False),
    "opc-life-over": ("Its drum is worn out.", True),
    "opc-near-eol": ("Its drum is nearly worn out.", False),
    "fuser-over-temp": ("Its fuser is too hot.", True),
    "fuser-under-temp": ("Its fuser is still cold.", False),
    LOST_HISTORY: ("It was restarted and lost its history: check the paper.", False),
}
_SEVERITIES = ("-report", "-warning", "-error")


def plain(keyword: str) -> str:
    """The keyword without its severity: "media-empty-warning" is "media-empty"."""
    return next((keyword.removesuffix(end) for end in _SEVERITIES if keyword.endswith(end)), keyword)


def sentences(keywords: list[str]) -> list[str]:
    """What to tell staff; an unknown keyword is told as it is. "none" is nothing."""
    known = [plain(keyword) for keyword in keywords if keyword != "none"]
    return list(dict.fromkeys(REASONS.get(word, (f"It reports: {word}.", False))[0] for word in known))


def blocked(keywords: list[str]) -> bool:
    return any(REASONS.get(plain(keyword), ("", False))[1] for keyword in keywords)
