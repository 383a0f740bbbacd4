"""A client's own orders, page by page, the newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict

from orders.errors import BadQuery
from orders.models import Order
from orders.models.order import LONGEST_REFERENCE
from orders.numbers import read_number
from orders.request import text_fault, tidy

USUAL, MOST = 50, 100  # orders a page
SHOWN = [
    "number", "reference", "status", "total", "currency", "created_at", "updated_at", "settled_at", "cancelled_at",
]  # fmt: skip


@dataclass(frozen=True)
class Page:
    """`cursor` gets the next one; None if this is the last."""

    orders: list[Order]
    cursor: str | None


def page(client: str, asked: QueryDict) -> Page:
    """The client's orders as its query wants them. Raises BadQuery with all that is wrong."""
    wanted = read(asked)
    limit, cursor = wanted.pop("limit", USUAL), wanted.pop("cursor", None)
    orders = Order.objects.filter(client=client, **wanted).order_by("-created_at", "-pk")
    if cursor:
        last = _place(client, cursor)
        orders = orders.filter(created_at__lte=last.created_at).exclude(created_at=last.created_at, pk__gte=last.pk)
    found = list(orders.only(*SHOWN)[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], _cursor(found[limit - 1]) if more else None)


def _cursor(last: Order) -> str:
    """The page's last order. Not its id: that would tell how many orders the shop has."""
    return last.number.replace("-", "").lower()


def _place(client: str, cursor: str) -> Order:
    last = Order.objects.filter(client=client, number=cursor).only("created_at").first()
    if last is None:
        raise BadQuery("cursor: it leads nowhere any more. Please begin with the first page.")
    return last


def read(asked: QueryDict) -> dict[str, Any]:
    """The conditions by name. Raises BadQuery."""
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for name, values in asked.lists():
        try:
            if name not in READERS:
                raise ValueError(f"there is no such parameter; there are {', '.join(READERS)}.")
            if len(values) > 1:
                raise ValueError("please give it once.")
            field, reader = READERS[name]
            found[field] = reader(values[0])
        except ValueError as error:
            wrong.append(f"{ascii(name)[1:-1][:40]}: {error}")
    if wrong:
        raise BadQuery(" ".join(wrong[:5]))
    return found


def _status(text: str) -> str:
    if text not in Order.Status.values:
        raise ValueError(f"one of {', '.join(Order.Status.values)}.")
    return text


def _reference(text: str) -> str:
    """As it was saved with the order."""
    text = tidy(text)
    if not text or len(text) > LONGEST_REFERENCE or text_fault(text):
        raise ValueError(f"1 to {LONGEST_REFERENCE} characters.")
    return text


def _time(text: str) -> datetime:
    """A + that was not encoded comes as a space. T and Z may be small letters (RFC 3339, 5.6)."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+").upper())
        if at.tzinfo:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("a time with its zone, for example 2026-11-27T13:00:00Z.")


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise ValueError(f"a whole number from 1 to {MOST}.")
    return int(text)


def _number(text: str) -> str:
    number = read_number(text)
    if number is None:
        raise ValueError("it is none of ours.")
    return number


# What may be asked: the condition of the ORM, and how its value is read.
READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "status": ("status", _status),
    "reference": ("reference", _reference),
    "created_since": ("created_at__gte", _time),
    "created_before": ("created_at__lt", _time),
    "updated_since": ("updated_at__gte", _time),
    "updated_before": ("updated_at__lt", _time),
    "limit": ("limit", _limit),
    "cursor": ("cursor", _number),
}
