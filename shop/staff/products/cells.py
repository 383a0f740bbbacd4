"""Makes of one cell what a product's field holds. Raises Wrong with what is the matter."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from orders.models import Product
from orders.models.product import CHECKS, price_fault
from orders.money import digits
from orders.request import tidy
from shop.staff.products import codes
from shop.staff.products.escapes import unescaped
from shop.staff.products.faults import Wrong, quoted
from shop.staff.products.prices import NoPrice, read_price
from shop.staff.products.table import MAX_CELL, Cell, Spoilt

# What spreadsheet programs write for true and false, where people speak English, German, French, Dutch or Icelandic.
YES = {"yes", "true", "1", "on", "ja", "wahr", "oui", "vrai", "waar", "já", "satt"}
NO = {"no", "false", "0", "off", "nein", "falsch", "non", "faux", "nee", "onwaar", "nei", "ósatt"}


def text_of(cell: Cell) -> str:
    """As the person sees it."""
    if isinstance(cell, Spoilt):
        raise Wrong(cell.why)
    if isinstance(cell, Decimal):
        return format(cell.to_integral_value() if cell == cell.to_integral_value() else cell, "f")
    text = str(cell)
    if len(text) > MAX_CELL:
        raise Wrong(f"it has {len(text):,} characters.")
    if text.startswith("="):
        raise Wrong(f"{quoted(text)} begins like a formula. If it is meant as it stands, put a ' before it.")
    return tidy(unescaped(text))


def checked_text(field: str, cell: Cell) -> str:
    text = text_of(cell)
    if field == "sku" and codes.CUT_SHORT.fullmatch(text):
        raise Wrong(f"{text} was a longer number: the spreadsheet program has cut it. Format the column as text.")
    _check(field, text)
    if fault := CHECKS[field](text):
        raise Wrong(f"{quoted(text)}: {fault}")
    return text


def price_of(cell: Cell, *, comma: bool) -> Decimal:
    if isinstance(cell, Spoilt):
        raise Wrong(cell.why)
    try:
        price = read_price(cell, comma=comma, digits=digits(settings.CURRENCY))
    except NoPrice as error:
        raise Wrong(str(error)) from None
    if fault := price_fault(price):
        raise Wrong(f"{price}: {fault}")
    _check("price", price)
    return price


def switch_of(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    word = text_of(cell).casefold()
    if word not in YES | NO:
        raise Wrong(f"{quoted(word)} is neither yes nor no.")
    return word in YES


def codes_of(cell: Cell) -> codes.Codes:
    try:
        return codes.read_codes(text_of(cell))
    except codes.NoCodes as error:
        raise Wrong(str(error)) from None


def _check(field: str, value: Any) -> None:
    """As the field itself would: its length, its size."""
    column: Any = Product._meta.get_field(field)
    if value == "" and not column.blank:
        raise Wrong("it is empty.")
    if too_large := _too_large(column, value):
        raise Wrong(f"{quoted(str(value))}: {too_large}")
    try:
        column.clean(value, None)
    except ValidationError as error:
        raise Wrong(f"{quoted(str(value))}: {' '.join(error.messages)}") from None


def _too_large(column: Any, value: Any) -> str:
    """Why the field has no room for it, in a sentence; "" if it has."""
    if isinstance(value, Decimal):
        if value.is_finite() and abs(value) < 10**column.whole_digits:
            return ""
        return f"A price has at most {column.whole_digits} digits before the point."
    most = column.max_length
    return f"It has {len(value):,} characters; there is room for {most:,}." if most and len(value) > most else ""


# Reads each column but the key; the price's reader wants to know more.
READERS: dict[str, Callable[[Cell], Any]] = {
    "name": lambda cell: checked_text("name", cell),
    "bin_location": lambda cell: checked_text("bin_location", cell),
    "sap_material": lambda cell: checked_text("sap_material", cell),
    "active": switch_of,
    "codes": codes_of,
}
