"""The ways to name what is ordered: a list of ids, or lines with a quantity each. Pure."""

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from orders.fault import Fault, Refused
from orders.fields import Text
from orders.reading import unknown_fields
from orders.request import (
    MAX_LINES,
    MAX_MESSAGES,
    MAX_QUANTITY,
    MAX_SKU,
    code_fault,
    id_fault,
    quantity_fault,
    whole,
)

Product = int | str  # its id, or its SKU
Quantities = dict[Product, int]  # pieces, in the sequence in which the products were named

NO_PRODUCTS = Fault("Please name what is ordered: a list of product ids, for example [2, 4, 42].", "required")
TOO_MANY = Fault(f"An order has at most {MAX_LINES} different products; this one has more.", "too_many")
_LINE = Fault('A line looks like this: {"product_id": 2, "quantity": 3}.', "wrong_type")
_NO_PRODUCT = Fault("Please add product_id or sku to this line.", "required")
_NO_QUANTITY = Fault("Please add quantity to this line.", "required")
_TWO_NAMES = Fault("The product is named twice, by product_id and by sku. Please name it once.", "conflict")
LINE_FIELDS = ("product_id", "sku", "quantity")
_CHUNK = 1000  # items
read_sku = Text("SKU", MAX_SKU, code_fault)


@dataclass(frozen=True)
class Spelling:
    """A way to name products: `read` makes quantities of a list, `product` tells which one an item of it names."""

    read: Callable[[list[Any]], Quantities]
    product: Callable[[Any], Product]


def read_list(spelling: Spelling, value: Any) -> Quantities:
    """Pieces by product. Raises Refused."""
    if value is None:
        raise Refused(Fault("Please send a list, not null.", "null"))
    if not isinstance(value, list):
        raise Refused(Fault("Please send a list, in square brackets.", "wrong_type"))
    if not value:
        raise Refused(Fault("Please order at least one product.", "empty"))
    found = spelling.read(value)
    for product, pieces in found.items():
        if pieces > MAX_QUANTITY:
            raise Refused(too_many_pieces(product, pieces))
    return found


def too_many_pieces(product: Product, pieces: int) -> Fault:
    words = f"At most {MAX_QUANTITY} pieces of one product can be ordered; of product {product} it is {pieces}."
    return Fault(words, "out_of_range")


def not_on_sale(product: Product) -> Fault:
    """What is said of a product that can't be ordered. Of a SKU also how one that is there may look the same."""
    words = f"There is no product {product} on sale."
    if isinstance(product, str):
        words += " A SKU is compared to the letter: capitals and small letters differ, and so do 0 and O, 1 and I."
        for position, char in enumerate(product, start=1):
            if not char.isascii():
                name = unicodedata.name(char, "a character without a name")
                words += f" Character {position} is {name} (U+{ord(char):04X})."
                break
    return Fault(words, "not_on_sale")


def _ids(items: list[Any]) -> Quantities:
    """Each id is a piece. Half a million of them take a moment: they are counted by Python's own C."""
    if not set(map(type, items)) <= {int, Decimal} or id_fault(min(items)) or id_fault(max(items)):
        raise Refused(_wrong_ids(items))
    counted: Counter[Any] = Counter()
    for start in range(0, len(items), _CHUNK):
        counted.update(items[start : start + _CHUNK])
        if len(counted) > MAX_LINES:
            # Each is in the range; what may be wrong is a fraction. A look at every item of a megabyte is dear.
            fractions = any(item != item.to_integral_value() for item in items if type(item) is Decimal)
            raise Refused(_wrong_ids(items) if fractions else TOO_MANY)
    if any(map(id_fault, counted)):
        raise Refused(_wrong_ids(items))
    return {whole(product) or 0: pieces for product, pieces in counted.items()}


def _wrong_ids(items: list[Any]) -> dict[int, Any]:
    """Messages by position; the first MAX_MESSAGES of them."""
    faults = ((position, fault) for position, item in enumerate(items) if (fault := id_fault(item)))
    return {position: [fault] for position, fault in islice(faults, MAX_MESSAGES)}


def _lines(items: list[Any]) -> Quantities:
    """Lines of the same product are added up."""
    counted: Counter[Product] = Counter()
    found: dict[int, Any] = {}
    for position, item in enumerate(items):
        if faults := line_faults(item):
            found[position] = faults
            if len(found) == MAX_MESSAGES:
                break
        elif not found:
            counted[_product(item)] += whole(item["quantity"]) or 0
            if len(counted) > MAX_LINES:
                raise Refused(TOO_MANY)
    if found:
        raise Refused(found)
    return dict(counted)


def line_faults(line: Any) -> Any:
    """The messages for one of `lines`, by field; empty if nothing is wrong."""
    if not isinstance(line, dict):
        return [_LINE]
    found = _product_faults(line) | unknown_fields(line, LINE_FIELDS)
    if "quantity" not in line:
        found["quantity"] = [_NO_QUANTITY]
    elif fault := quantity_fault(line["quantity"]):
        found["quantity"] = [fault]
    return found


def _product_faults(line: dict[str, Any]) -> dict[str, list[Fault]]:
    if "sku" in line:
        return {"sku": [_TWO_NAMES]} if "product_id" in line else _sku_faults(line["sku"])
    if "product_id" not in line:
        return {"product_id": [_NO_PRODUCT]}
    fault = id_fault(line["product_id"])
    return {"product_id": [fault]} if fault else {}


def _sku_faults(value: Any) -> dict[str, Any]:
    try:
        read_sku(value)
    except Refused as refused:
        return {"sku": refused.found}
    return {}


def _product(line: dict[str, Any]) -> Product:
    return read_sku(line["sku"]) if "sku" in line else whole(line["product_id"]) or 0


_IDS = Spelling(_ids, lambda item: whole(item) or 0)
# An id given twice means two pieces.
SPELLINGS = {"products_ids": _IDS, "product_ids": _IDS, "lines": Spelling(_lines, _product)}
