"""Writes an order's next event, in the transaction that changes the order.

An event's sequence is taken under the lock of the order's row. So whoever sees an event sees those before it. (Its id
alone would not say that: ids are given before the commit.)
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from orders.database.clock import from_now
from orders.models import Event, Order

# What happened: an order's id, which event, and the step it is about, if it is about one.
Told = tuple[int, Event.Type, str]


def first(order: Order) -> list[Event]:
    """The event of an order that is about to be inserted, to be inserted with it; none if nobody is told anything."""
    if not settings.EVENTS:
        return []
    order.last_seq = 1
    return [_event(Event.Type.RECEIVED, 1, order=order)]


@transaction.atomic
def tell(events: Iterable[Told], data: Mapping[int, dict[str, Any]] | None = None) -> None:
    """Writes events of any orders; those of one order in the sequence in which they are given.

    `data` is what they tell beside the order and the step, by the order's id: it is kept as it is now.
    """
    given = list(events)
    if not given or not settings.EVENTS:
        return
    last = _count_on(Counter(order_id for order_id, *_ in given))
    rows = []
    for order_id, kind, step in reversed(given):
        more = (data or {}).get(order_id)
        rows.append(_event(kind, last[order_id], order_id=order_id, step=step, data=more))
        last[order_id] -= 1
    Event.objects.bulk_create(reversed(rows))


def _event(kind: Event.Type, seq: int, **of: Any) -> Event:
    return Event(type=kind.value, seq=seq, at=from_now(), due_at=from_now(), **of)


def _count_on(counts: Counter[int]) -> dict[int, int]:
    """Raises each order's count by so many, which locks its row; returns the counts as they are then."""
    alike: dict[int, list[int]] = defaultdict(list)
    for order_id, count in counts.items():
        alike[count].append(order_id)
    lock(counts)
    for count, order_ids in alike.items():
        Order.objects.filter(pk__in=order_ids).update(last_seq=F("last_seq") + count)
    return dict(Order.objects.filter(pk__in=counts).values_list("pk", "last_seq"))


def lock(order_ids: Iterable[int]) -> list[int]:
    """Locks orders until the transaction ends, before anything else of theirs; returns the ids of those there are.

    All who do that once in a transaction, for all orders that they will touch, never meet crosswise.
    """
    orders = Order.objects.filter(pk__in=list(order_ids)).order_by("pk")
    return list(orders.select_for_update(no_key=True).values_list("pk", flat=True))


def lock_now(order_id: int) -> bool:
    """As `lock`, for who holds another lock already and must not wait for this one: False if it is taken."""
    skip = connection.features.has_select_for_update_skip_locked
    order = Order.objects.filter(pk=order_id).select_for_update(no_key=True, skip_locked=skip)
    return not settings.EVENTS or bool(order.values_list("pk"))


def told_sql(kind: Event.Type, counted: str, step: str = "''") -> str:
    """SQL for PostgreSQL: the INSERT of an event for each row (id, last_seq) of the query `counted`.

    `step` is an expression for its name. A part of a statement that changes the order.
    """
    return f"""INSERT INTO {Event._meta.db_table} (order_id, seq, type, at, step, state, due_at, refusals)
        SELECT id, last_seq, '{kind.value}', STATEMENT_TIMESTAMP(), {step}, 'open', STATEMENT_TIMESTAMP(), 0
        FROM {counted}"""  # noqa: S608
