"""A price as people and programs write it. What could be read in two ways is refused, and why is said."""

import re
from decimal import Decimal

from orders.fault import shown
from shop.staff.products.table import Cell

PLAIN = re.compile(r"[0-9]{1,20}(?:[.,][0-9]{1,10})?")
GROUPED = re.compile(r"[0-9]{1,3}(?:[.,'’\s][0-9]{3})+(?:[.,][0-9]+)?")
# Three digits behind the sign: thousands to some, a fraction to others.
THREE = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{3}")
THREE_DIGITS = 3  # of dinars, behind the point


class NoPrice(ValueError):
    """What is wrong with it, in a sentence."""


def read_price(cell: Cell, *, comma: bool, digits: int) -> Decimal:
    """`comma`: whether such a file has commas before the cents. `digits`: how many of them the currency has.

    Raises NoPrice.
    """
    if isinstance(cell, Decimal):
        return _not_negative(cell)
    text = str(cell)
    if not text:
        raise NoPrice("it is empty.")
    if PLAIN.fullmatch(text) and not _in_two_ways(text, comma=comma, digits=digits):
        return Decimal(text.replace(",", "."))
    raise NoPrice(_why(text, digits))


def _in_two_ways(text: str, *, comma: bool, digits: int) -> bool:
    """1.234 is more than a thousand to some; only where the currency has three digits it is what we write ourselves."""
    found = THREE.fullmatch(text)
    return found is not None and (digits != THREE_DIGITS or (found[1] == "," and not comma))


def _not_negative(price: Decimal) -> Decimal:
    if price < 0:
        raise NoPrice(f"{price} is less than nothing.")
    return price


def _why(text: str, digits: int) -> str:
    if re.fullmatch(r"[-−][0-9.,]+", text):
        return f"{shown(text)} is less than nothing."
    if GROUPED.fullmatch(text):
        return (
            f"{shown(text)} can be read in two ways. Write it with no sign between the thousands: {_example(digits)}."
        )
    return f"{shown(text)} is no price. Write a number alone, like {_example(digits)}."


def _example(digits: int) -> str:
    return "1234" if not digits else f"1234.{'5'.ljust(digits, '0')}"


def point_or_comma(cell: Cell) -> str:
    """The sign before its digits; "" if there is none, or no text."""
    return next((sign for sign in ".," if isinstance(cell, str) and sign in cell), "")
