"""What stands on goods, as one cell has it: `4006381333931; 4006381333948*12`. The second is a box of twelve."""

import re
from collections.abc import Iterable, Mapping

from orders.fault import shown
from orders.models import ProductCode
from orders.models.product_code import code_faults

MOST = 50  # codes of a product
MOST_PIECES = 9_999
SEPARATORS = re.compile(r"[\s;,]+")
CUT_SHORT = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")
GTINS = (8, 12, 13, 14)  # digits: https://www.gs1.org/services/how-calculate-check-digit-manually

Codes = dict[str, int]


class NoCodes(ValueError):
    """What is wrong with them, in a sentence."""


def read_codes(text: str) -> Codes:
    """Pieces by code. Raises NoCodes."""
    found: Codes = {}
    _check_whole(text)
    parts = [part for part in SEPARATORS.split(text) if part]
    if len(parts) > MOST:
        raise NoCodes(f"there are {len(parts)} codes; a product has {MOST} at most.")
    for part in parts:
        code, pieces = _read(part)
        if found.setdefault(code, pieces) != pieces:
            raise NoCodes(f"{shown(code)} stands there twice, with other pieces.")
    return found


def _read(part: str) -> tuple[str, int]:
    code, star, pieces = part.partition("*")
    _check_whole(code)
    if fault := code_faults(code):
        raise NoCodes(f"{shown(code)}: {fault}")
    if not star:
        return code, 1
    if not re.fullmatch(r"[0-9]{1,5}", pieces) or not 1 <= int(pieces) <= MOST_PIECES:
        raise NoCodes(f"{shown(part)}: behind the * stands how many pieces it is, from 1 to {MOST_PIECES:,}.")
    return code, int(pieces)


def _check_whole(text: str) -> None:
    if CUT_SHORT.fullmatch(text):
        raise NoCodes(f"{shown(text)} was a longer number: the spreadsheet program has cut it. Format it as text.")


def written(codes: Mapping[str, int]) -> str:
    """As one cell has them, in an order that stays."""
    return "; ".join(code if pieces == 1 else f"{code}*{pieces}" for code, pieces in sorted(codes.items()))


def of_products(codes: Iterable[ProductCode]) -> dict[int, Codes]:
    """By the products' ids."""
    found: dict[int, Codes] = {}
    for one in codes:
        found.setdefault(one.product_id, {})[one.code] = one.pieces
    return found


def doubt(code: str) -> str:
    """A warning where a code looks like a GTIN and its last digit can't be; "" if nothing is to be said."""
    if not re.fullmatch(r"[0-9]+", code) or len(code) not in GTINS:
        return ""
    right = check_digit(code[:-1])
    return "" if code[-1] == right else f"{code} has a wrong check digit: {code[:-1]}{right} would be right."


def check_digit(digits: str) -> str:
    """Of a GTIN without it: every second digit from the right counts three times."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
