"""Compares SAP's sales orders with the desk's orders, by their numbers. It reads alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from orders.models import Order, Step
from orders.numbers import read_number

AT_ONCE = 500  # numbers a statement


@dataclass
class Comparison:
    """`lost`: SAP's number by the order's, of orders that the desk does not know. `missing`: the other way round.

    `at_sap` and `here`: how many were compared. `trouble` says why not all was read, if it was not.
    """

    since: datetime
    lost: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    at_sap: int = 0
    here: int = 0
    trouble: str = ""

    @property
    def code(self) -> int:
        return 2 if self.trouble else 1 if self.lost or self.missing else 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"code": self.code}


def sent(since: datetime) -> dict[str, str]:
    """SAP's number by the order's, of orders since then that the desk has sent. Ask before SAP is asked: what is sent
    meanwhile would seem to be missing there."""
    done = Step.objects.filter(name="sap", state=Step.State.DONE, order__created_at__gte=since).exclude(reference="")
    return dict(done.order_by("order_id").values_list("order__number", "reference"))


def compare(ours: Mapping[str, str], sales_orders: Iterable[tuple[str, str]], into: Comparison) -> None:
    """Fills in a comparison. What SAP has under a reference that is no order number is none of ours."""
    found: dict[str, str] = {}
    for number, reference in sales_orders:
        into.at_sap += 1
        if order := read_number(reference):
            found.setdefault(order, number)
    into.lost = dict(_unknown(found))
    into.here = len(ours)
    into.missing = {order: number for order, number in ours.items() if order not in found}


def _unknown(found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    numbers = sorted(found)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        known = set(Order.objects.filter(number__in=some).values_list("number", flat=True))
        yield from ((number, found[number]) for number in some if number not in known)
