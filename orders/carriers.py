"""Who carries parcels, and where the customer sees how far one is.

SHOP_CARRIERS names the carriers of the shop; those below need no more than their key there. The addresses are those of
the carriers' own public tracking pages, as shops link to them in 2026.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings

from orders.request import is_invisible, text_fault

MAX_TRACKING_NUMBER = 64  # characters
LONGEST = 1000  # characters of what somebody pastes: more is no number
MAX_NAME = 60  # characters
NUMBER = "{number}"  # in an address: where the tracking number stands
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
# Between the groups of a number. A scanner set to US keys types ß or ' for - on other keyboards.
_BETWEEN = set("−ß'")


@dataclass(frozen=True)
class Carrier:
    """`url` is the tracking page's address with {number} in it; "" if there is none."""

    key: str
    name: str
    url: str = ""


KNOWN = {
    carrier.key: carrier
    for carrier in [
        Carrier("dhl", "DHL", "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}"),
        Carrier("dpd", "DPD", "https://tracking.dpd.de/status/en_US/parcel/{number}"),
        Carrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}"),
        Carrier("gls", "GLS", "https://gls-group.com/track/{number}"),
        Carrier(
            "hermes", "Hermes", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}"
        ),
        Carrier("royalmail", "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/{number}"),
        Carrier("ups", "UPS", "https://www.ups.com/track?tracknum={number}"),
        Carrier("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
    ]
}


def carriers() -> Mapping[str, Carrier]:
    """The shop's carriers by key, the usual one first."""
    found: Mapping[str, Carrier] = settings.CARRIERS
    return found


def carrier_name(key: str) -> str:
    """What people call it; the key itself once the shop has no such carrier any more."""
    carrier = carriers().get(key)
    return carrier.name if carrier else key


def tracking_url(key: str, number: str) -> str:
    """Where the parcel can be followed; "" if the carrier is unknown, or has no such page."""
    carrier = carriers().get(key)
    return carrier.url.replace(NUMBER, quote(number, safe="")) if carrier else ""


def tidy_tracking_number(text: str) -> str:
    """The number as it is kept, however it was typed, scanned or copied: capitals and digits, no spaces or dashes.

    Full-width signs are narrow ones, and what nobody sees is left out: nobody could remove it. Raises ValueError with a
    sentence for who typed it.
    """
    text = unicodedata.normalize("NFKC", "".join(char for char in text[:LONGEST] if not is_invisible(char))).strip()
    if fault := text_fault(text):
        raise ValueError(fault)
    kept = [char for char in text if not _is_between(char)]
    for char in kept:
        if not (char.isascii() and char.isalnum()):
            raise ValueError(f"A tracking number has letters from A to Z and digits; “{char}” is neither.")
    if not kept:
        raise ValueError("Please type or scan the tracking number.")
    if len(kept) > MAX_TRACKING_NUMBER:
        raise ValueError(f"This has {len(kept)} characters; a tracking number has {MAX_TRACKING_NUMBER} at most.")
    return "".join(kept).upper()


def _is_between(char: str) -> bool:
    return unicodedata.category(char) in ("Zs", "Pd") or char in _BETWEEN


def read_carriers(entries: Iterable[str]) -> dict[str, Carrier]:
    """The carriers that SHOP_CARRIERS names: `key`, `key=name` or `key=name=address` each.

    Raises ValueError that names the entry.
    """
    found: dict[str, Carrier] = {}
    for entry in entries:
        carrier = _read(entry.strip())
        if carrier.key in found:
            raise ValueError(f"{carrier.key} is there twice.")
        found[carrier.key] = carrier
    if not found:
        raise ValueError(f"name at least one carrier, for example {', '.join(KNOWN)}.")
    return found


def _read(entry: str) -> Carrier:
    key, _, rest = entry.partition("=")
    name, _, url = rest.partition("=")
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a carrier: small letters, digits and dashes, 32 at most.")
    if not rest and key in KNOWN and "=" not in entry:
        return KNOWN[key]
    if not rest:
        raise ValueError(
            f"{key} needs a name: {key}=Name, or {key}=Name=https://…{NUMBER}. Known are {', '.join(KNOWN)}."
        )
    if not name.strip() or len(name) > MAX_NAME or text_fault(name):
        raise ValueError(f"{key} needs a name of 1 to {MAX_NAME} characters that people can read.")
    if url and (fault := _url_fault(url)):
        raise ValueError(f"the address of {key} {fault}")
    return Carrier(key, name.strip(), url)


def _url_fault(url: str) -> str:
    """What is wrong with an address in which a number has its place; "" if nothing."""
    if url.count(NUMBER) != 1 or re.search(r"[{}]", url.replace(NUMBER, "")):
        return f"has {NUMBER} once, where the tracking number stands, and no other braces."
    try:
        parts = urlsplit(url)
        whole = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or not re.fullmatch(r"[!-~]+", url) or re.search(r'[<>"\\^`|]', url):
        return "is no https address."
    return "has the number, a user or a password in its host." if "@" in parts.netloc or NUMBER in parts.netloc else ""
