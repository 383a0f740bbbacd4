"""Which addresses a printer may have. Pure."""

from urllib.parse import urlsplit

SCHEMES = ("ipp", "ipps", "spool")


def check_address(url: str) -> None:
    """Raises ValueError unless it is `ipp://host[:port]/path`, `ipps://…` or `spool:`."""
    try:
        parts = urlsplit(url)
        port = parts.port or 1  # reading it raises ValueError if it is no port
    except ValueError:
        port = 0
    if not port or not (parts.hostname or parts.scheme == "spool") or parts.scheme not in SCHEMES or "@" in url:
        raise ValueError("Write ipp://host/printers/NAME, ipps://host/ipp/print, or spool: for the folder.")
