"""Which addresses a printer may have. Pure."""

import re
from urllib.parse import urlsplit

NOWHERE = re.compile(r"[@\s\x00-\x1f\x7f]")  # Characters that no printer's address has.
SCHEMES = ("ipp", "ipps", "spool")


def check_address(url: str) -> None:
    """Raises ValueError unless it is `ipp://host[:port]/path`, `ipps://…` or `spool:`."""
    try:
        parts = urlsplit(url)
        port = parts.port or 1  # reading it raises ValueError if it is no port
        (parts.hostname or "").encode("idna")  # as it does for a name that no network knows: of 64 letters, with ..
    except ValueError:
        port = 0
    if (
        not port
        or not (parts.hostname or parts.scheme == "spool")
        or parts.scheme not in SCHEMES
        or NOWHERE.search(url)
    ):
        raise ValueError("Write ipp://host/printers/NAME, ipps://host/ipp/print, or spool: for the folder.")
