"""What is ordered: a whole request, checked field by field, whichever way it came in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from orders.errors import NotAccepted
from orders.fault import Fault
from orders.fields import ADDRESS, FIELDS, NO_NAME, REQUIRABLE, SHIPPING
from orders.models.shipping import Shipping
from orders.naming import LINE_FIELDS, NO_PRODUCTS, SPELLINGS, Product, Quantities, not_on_sale, read_list
from orders.reading import Reader, read_fields, require
from orders.request import MAX_MESSAGES

_READERS: Mapping[str, Reader] = {
    **FIELDS,
    **{name: partial(read_list, spelling) for name, spelling in SPELLINGS.items()},
}
_ELSEWHERE = (
    *(f"shipping.{name}" for name in SHIPPING),
    *(f"shipping.address.{name}" for name in ADDRESS),
    *(f"lines.{name}" for name in LINE_FIELDS),
)


@dataclass(frozen=True)
class Wanted:
    """What `place_order` takes. `quantities` are pieces by product (its id or its SKU), in the sequence of the request.

    `total` and `currency` are what the customer was told; None and "" if that was not said.
    """

    customer_name: str
    quantities: Quantities
    note: str = ""
    email: str = ""
    reference: str = ""
    shipping: Shipping = field(default_factory=lambda: Shipping(name=""))
    total: Decimal | None = None
    currency: str = ""


def read_wanted(data: Mapping[str, Any], required: Iterable[str] = ()) -> Wanted:
    """Reads what `read_object` has made of a body. Raises NotAccepted with all that is wrong, and where.

    `required` are names of REQUIRABLE: what this shop insists on.
    """
    read, found = read_fields(data, _READERS, _ELSEWHERE)
    if "customer_name" not in data:
        found["customer_name"] = [NO_NAME]
    require(data, (path for name in required for path in REQUIRABLE[name]), found)
    found |= _not_once([name for name in SPELLINGS if name in data], found)
    if found:
        raise NotAccepted(found)
    quantities = next(read.pop(name) for name in SPELLINGS if name in read)
    return Wanted(quantities=quantities, **read | {"shipping": _shipping(read.get("shipping", {}))})


def _not_once(given: list[str], found: Mapping[Any, Any]) -> dict[str, list[Fault]]:
    if not given:
        return {next(iter(SPELLINGS)): [NO_PRODUCTS]}
    if len(given) > 1 and not any(name in found for name in given):
        words = f"The products are named twice, in {given[0]} and here. Please name them once."
        return {given[1]: [Fault(words, "conflict")]}
    return {}


def _shipping(read: Mapping[str, Any]) -> Shipping:
    return Shipping(name=read.get("name", ""), phone=read.get("phone", ""), **read.get("address", {}))


def unknown_products(data: Mapping[str, Any], unknown: Iterable[Product]) -> NotAccepted:
    """The error for a request that was read and names products that can't be ordered: a message for each place,

    MAX_MESSAGES at most.
    """
    name = next(name for name in SPELLINGS if name in data)
    product_of, wanted = SPELLINGS[name].product, set(unknown)
    named = ((position, product_of(item)) for position, item in enumerate(data[name]))
    wrong = islice(((position, product) for position, product in named if product in wanted), MAX_MESSAGES)
    return NotAccepted({name: {position: [not_on_sale(product)] for position, product in wrong}})
