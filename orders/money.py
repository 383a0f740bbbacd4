"""How many digits an amount has after the point: ISO 4217's minor units. Rounding happens here alone. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

# ISO 4217, list one (https://www.six-group.com/en/products-services/financial-information/data-standards.html):
# the currencies whose minor unit is not a hundredth.
NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE = "BHD IQD JOD KWD LYD OMR TND"
FOUR = "CLF UYW"
MINOR_UNITS = {code: count for codes, count in ((NONE, 0), (THREE, 3), (FOUR, 4)) for code in codes.split()}
MOST_DIGITS = max(MINOR_UNITS.values())
# Codes of the same list that have no minor unit: metals, units of account, tests.
NO_MONEY = frozenset(["XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"])


def digits(currency: str) -> int:
    return MINOR_UNITS.get(currency, 2)


def exact(amount: Decimal, currency: str) -> Decimal:
    """The amount with the currency's digits, half a unit rounded up. `str` of it is what people and programs read."""
    return Decimal(amount).quantize(_unit(currency), ROUND_HALF_UP)


@cache
def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-digits(currency))
