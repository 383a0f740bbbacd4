"""How long a text may be in SAP, and how it is cut. SAP counts UTF-16 code units: an emoji is two of them."""

from wcwidth import iter_graphemes


def units(text: str) -> int:
    """The text's length as SAP counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """As much of the text as SAP takes. What looks like one character (an accent, a flag) is never cut in two."""
    if units(text) <= most:
        return text
    kept = ""
    for grapheme in iter_graphemes(text):
        if units(kept + grapheme) > most:
            break
        kept += grapheme
    return kept.rstrip()
