"""How many digits an amount has after the point: ISO 4217's minor units. Amounts get their digits here alone. Pure.

The table is list one as published on 2026-01-01 by its maintainer, compared entry by entry (all that people pay in):
https://www.six-group.com/en/products-services/financial-information/market-reference-data/data-standards.html
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW"
        " CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF"
        " IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK"
        " MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP"
        " SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG"
        " YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
MINOR_UNITS = {code: count for count, codes in _CODES.items() for code in codes.split()}
MOST_DIGITS = max(_CODES)


def digits(currency: str) -> int:
    """The currency's digits after the point; two for one that the list does not have, or has no more."""
    return MINOR_UNITS.get(currency, 2)


def smallest(currency: str) -> Decimal:
    """The least amount of it: 0.01 EUR, 1 JPY."""
    return _unit(digits(currency))


def needed_digits(amount: Decimal) -> int:
    """How many digits after the point the amount can't do without. Raises ValueError for infinity and NaN."""
    return max(0, -int(amount.normalize().as_tuple().exponent))


def exact(amount: Decimal, currency: str) -> Decimal:
    """The amount with the currency's digits. `str` of it is what people and programs read.

    It is never another amount: one that needs more digits than its currency has (a price from before the currency was
    another) keeps them. Only beyond what a column holds is rounded, half up: SQLite sums as floating point.
    """
    stored = Decimal(amount).quantize(_unit(MOST_DIGITS), ROUND_HALF_UP)
    return stored.quantize(_unit(max(digits(currency), needed_digits(stored))))


def number(amount: Decimal) -> int | float:
    """What `exact` gave, as a number of JSON: a whole one where the currency has no minor unit."""
    return int(amount) if amount.same_quantum(Decimal(1)) else float(amount)


@cache
def _unit(count: int) -> Decimal:
    """The least amount with so many digits after the point."""
    return Decimal(1).scaleb(-count)
