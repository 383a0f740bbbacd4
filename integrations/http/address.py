"""What an address of a destination or of a server looks like (RFC 3986, without what is read in two ways). Pure."""

import re
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urlsplit

PERCENT = r"%(?!00)[0-9A-Fa-f]{2}"
NAME = rf"(?:[A-Za-z0-9._~!$&'()*+=-]|{PERCENT})*"
USER_INFO = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|{PERCENT})*"
HOST = r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]"
PORT = r"0*(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
SHORT_TOKEN, LONG_TOKEN = 8, 16  # characters
ENCODE = (
    "percent-encode what is no letter, digit or one of -._~ in its parts: @ is %40, : is %3A, / is %2F, ? is %3F, "
    "# is %23, % is %25, ; is %3B"
)


def check_url(url: str, *, scheme: str, host: str = HOST, rest: str) -> None:
    """Raises ValueError unless it is `scheme://[user[:password]@]host[:port]` and a `rest`, all of them patterns.

    The error does not say what was wrong where: a password may be anything, so any part may be a piece of one.
    """
    whole = rf"(?:{scheme})://(?:{USER_INFO}@)?(?:{host})(?::{PORT})?(?:{rest})"
    if not re.fullmatch(whole, url) or not _is_utf8(url):
        raise ValueError(f"it is malformed; {ENCODE}.")


def _is_utf8(url: str) -> bool:
    with suppress(UnicodeDecodeError):
        unquote(url, errors="strict")
        urlsplit(url)  # It knows what stands in an address's brackets.
        return True
    return False


def web_address(url: str) -> None:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("an address must begin with https:// (or http:// inside your own network).")
    if url:
        check_url(url, scheme="https?", host=rf"{HOST}|[\w.-]+", rest=r"(?:[/?][^\s#\\]*)?")
        if re.match(r"https?://[^/?@]*:\d+[/?].*@", url):  # A password with a slash: its digits are no port.
            raise ValueError(f"it is malformed; {ENCODE}.")


def credentials(url: str) -> list[str]:
    """The password in an address, also as Basic auth sends it. None there: an empty list."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.password:
            password = unquote(parts.password)
            return [password, parts.password, f"{unquote(parts.username or '')}:{password}"]
    return []


def tokens(url: str) -> list[str]:
    """What in a webhook's address may be all that its receiver knows us by: who reads it could write to it.

    Of its path and its query what nobody would choose for a name: `?source=webshop` stays.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        names = [name for name in map(unquote, parts.path.split("/")) if len(name) >= LONG_TOKEN and _has_digits(name)]
        values = [value for _, value in parse_qsl(parts.query)]
        return names + [one for one in values if len(one) >= (SHORT_TOKEN if _has_digits(one) else LONG_TOKEN)]
    return []


def _has_digits(name: str) -> bool:
    return any(char.isdigit() for char in name)
