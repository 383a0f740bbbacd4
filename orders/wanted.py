"""What is ordered: a whole request, checked field by field, whichever way it came in."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from orders.errors import NotAccepted
from orders.request import (
    MAX_LINES,
    MAX_NAME,
    MAX_NOTE,
    MAX_QUANTITY,
    id_fault,
    line_faults,
    text_fault,
    tidy,
)

MAX_MESSAGES = 20  # A body of 1 MB can hold half a million mistakes; so many are told.
NO_NAME = "Please give the customer's name."
NO_PRODUCTS = "Please name what is ordered: a list of product ids, for example [2, 4, 42]."


@dataclass(frozen=True)
class Wanted:
    """What `place_order` takes. `quantities` are pieces by product id, in the sequence in which they were named."""

    customer_name: str
    quantities: dict[int, int]
    note: str = ""


@dataclass(frozen=True)
class Spelling:
    """A way to name what is ordered. `faults` tells what is wrong with one item, the others read one without faults."""

    faults: Callable[[Any], Any]
    product: Callable[[Any], int]
    pieces: Callable[[Any], int]


_IDS = Spelling(lambda item: [fault] if (fault := id_fault(item)) else [], lambda item: item, lambda item: 1)
_LINES = Spelling(line_faults, lambda line: line["product_id"], lambda line: line["quantity"])
# An id given twice means two pieces, and lines of the same product are added up.
SPELLINGS = {"products_ids": _IDS, "product_ids": _IDS, "lines": _LINES}


class _Fault(Exception):
    """What is wrong with a field: messages, by position if they are about items."""

    def __init__(self, found: Any) -> None:
        self.found = [found] if isinstance(found, str) else found


def read_wanted(data: Mapping[str, Any]) -> Wanted:
    """Reads what `read_object` has made of a body. Raises NotAccepted with all that is wrong, and where."""
    found: dict[str, Any] = {}
    read: dict[str, Any] = {}
    readers = {"customer_name": _name, "note": _note, **dict.fromkeys(SPELLINGS, _quantities)}
    for field, reader in readers.items():
        try:
            if field in data:
                read[field] = reader(field, data[field])
            elif field == "customer_name":
                raise _Fault(NO_NAME)
        except _Fault as fault:
            found[field] = fault.found
    if found or (found := _not_once([field for field in SPELLINGS if field in read])):
        raise NotAccepted(found)
    quantities = next(read[field] for field in SPELLINGS if field in read)
    return Wanted(read["customer_name"], quantities, read.get("note", ""))


def unknown_products(data: Mapping[str, Any], ids: Iterable[int]) -> NotAccepted:
    """The error for a request that was read and names products that can't be ordered: a message for each place,

    MAX_MESSAGES at most.
    """
    field = next(field for field in SPELLINGS if field in data)
    product_of, unknown = SPELLINGS[field].product, set(ids)
    named = ((position, product_of(item)) for position, item in enumerate(data[field]))
    wrong = islice(((position, id_) for position, id_ in named if id_ in unknown), MAX_MESSAGES)
    return NotAccepted({field: {position: [f"There is no product {id_} on sale."] for position, id_ in wrong}})


def _not_once(given: list[str]) -> dict[str, Any]:
    if not given:
        return {next(iter(SPELLINGS)): [NO_PRODUCTS]}
    if len(given) > 1:
        return {given[1]: [f"The products are named twice, in {given[0]} and here. Please name them once."]}
    return {}


def _name(field: str, value: Any) -> str:
    text = _text(value, MAX_NAME, "name")
    if not text:
        raise _Fault("Please give the customer's name; it is blank.")
    return text


def _note(field: str, value: Any) -> str:
    return _text(value, MAX_NOTE, "note")


def _text(value: Any, most: int, what: str) -> str:
    """A single line; numbers and booleans are not taken for text."""
    if value is None:
        raise _Fault("Please send text, not null.")
    if not isinstance(value, str):
        raise _Fault("Please send text, in quotation marks.")
    text = tidy(value)
    if fault := text_fault(text):
        raise _Fault(fault)
    if len(text) > most:
        raise _Fault(f"The {what} is longer than {most} characters. Please shorten it.")
    return text


def _quantities(field: str, value: Any) -> dict[int, int]:
    if value is None:
        raise _Fault("Please send a list, not null.")
    if not isinstance(value, list):
        raise _Fault("Please send a list, in square brackets.")
    if not value:
        raise _Fault("Please order at least one product.")
    spelling = SPELLINGS[field]
    if found := _faults(value, spelling):
        raise _Fault(found)
    counted: Counter[int] = Counter()
    for item in value:
        counted[spelling.product(item)] += spelling.pieces(item)
    return _bounded(dict(counted))


def _faults(items: list[Any], spelling: Spelling) -> dict[int, Any]:
    """Messages by position; the first MAX_MESSAGES of them."""
    found: dict[int, Any] = {}
    for position, item in enumerate(items):
        if message := spelling.faults(item):
            found[position] = message
            if len(found) == MAX_MESSAGES:
                break
    return found


def _bounded(quantities: dict[int, int]) -> dict[int, int]:
    if len(quantities) > MAX_LINES:
        raise _Fault(f"An order has at most {MAX_LINES} different products; this one has {len(quantities)}.")
    for product, pieces in quantities.items():
        if pieces > MAX_QUANTITY:
            raise _Fault(
                f"At most {MAX_QUANTITY} pieces of one product can be ordered; of product {product} it is {pieces}."
            )
    return quantities
