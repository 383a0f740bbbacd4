"""Saves a new order with its lines, steps and first event: on PostgreSQL in a single statement.

One statement is one round trip and a transaction by itself. The ORM needs five, and three times the processor time
(docs/performance.md). On SQLite the ORM does it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

from orders.database import prepared, rows
from orders.database.vendor import on_postgresql
from orders.models import Event, Order, OrderLine, Step

# The statement's text depends on the number of lines, and a connection keeps what it has prepared: an order with more
# lines is rare, and its statement is not worth keeping.
MOST_LINES_PREPARED = 9

# Milliseconds for a lock, of a table that is being migrated, say. PostgreSQL itself gives up then: if only we did, it
# would save the order later, of which the customer was told that it was not.
LONGEST_LOCK = 2000
_BOUND = "SELECT set_config('lock_timeout', %s, true)"
_ONCE = "ON CONFLICT (idempotency_key) DO NOTHING"


def insert_order(
    order: Order,
    lines: Sequence[OrderLine],
    steps: Sequence[Step],
    events: Sequence[Event] = (),
    *,
    longest_lock: int = LONGEST_LOCK,
) -> bool:
    """Inserts them, all or none, and sets `order.pk`. The others belong to `order` and get no key of their own.

    False, with nothing saved, if another order has its idempotency key; while that one is being inserted it waits, on
    PostgreSQL for `longest_lock` milliseconds. Raises IntegrityError for what another constraint forbids.
    """
    if on_postgresql():
        return _insert_at_once(order, lines, steps, events, longest_lock)
    return _insert_by_orm(order, lines, steps, events)


def _insert_by_orm(
    order: Order, lines: Sequence[OrderLine], steps: Sequence[Step], events: Sequence[Event] = ()
) -> bool:
    with transaction.atomic():
        if order.idempotency_key and Order.objects.filter(idempotency_key=order.idempotency_key).exists():
            return False  # SQLite has one writer at a time, and since this transaction began that is us.
        order.save(force_insert=True)
        OrderLine.objects.bulk_create(lines)
        Step.objects.bulk_create(steps)
        Event.objects.bulk_create(events)
    return True


def _insert_at_once(
    order: Order, lines: Sequence[OrderLine], steps: Sequence[Step], events: Sequence[Event], longest_lock: int
) -> bool:
    values: list[Any] = [str(longest_lock)]
    for row in (order, *lines, *steps, *events):
        values += rows.values(row, leave_out=Order)  # Its key is not known before it is saved.
    text = _statement(len(lines), len(steps), len(events), order.idempotency_key is not None)
    with connection.cursor() as cursor:
        prepared.execute(cursor, text, values, first=_BOUND, keep=len(lines) <= MOST_LINES_PREPARED)
        found = cursor.fetchone()
    if found is None:
        return False
    order.pk, order.created_at = found
    order._state.adding, order._state.db = False, connection.alias
    return True


@lru_cache(maxsize=64)
def _statement(lines: int, steps: int, events: int, once: bool = False) -> str:
    """PostgreSQL checks foreign keys when the statement ends, so the order may be inserted by the same one.

    `once`: nothing is inserted if its idempotency key is taken.
    """
    # Only names of tables and columns are put together here.
    counts = {"lines": (OrderLine, lines), "steps": (Step, steps), "events": (Event, events)}
    put = _put_once if once else _put
    parts = [f", {name} AS ({put(model, count)})" for name, (model, count) in counts.items() if count]
    return (
        f"WITH new AS (INSERT INTO {rows.into(Order)} VALUES {_row(Order)}"  # noqa: S608
        f" {_ONCE if once else ''} RETURNING id, created_at){''.join(parts)} SELECT id, created_at FROM new"
    )


def _put(model: type[models.Model], count: int) -> str:
    return f"INSERT INTO {rows.into(model)} VALUES {', '.join([_row(model)] * count)}"  # noqa: S608


def _row(model: type[models.Model]) -> str:
    places = ("(SELECT id FROM new)" if field.related_model is Order else "%s" for field in rows.fields(model))
    return f"({', '.join(places)})"


def _put_once(model: type[models.Model], count: int) -> str:
    """As `_put`, for an order that may not have been inserted: then there is no row in `new`, and none here.

    PostgreSQL takes the types from the columns only where VALUES stands alone; here the first row has to name them.
    """
    own = rows.fields(model, leave_out=Order)
    typed = ", ".join(f"%s::{_bare_type(field)}" for field in own)
    given = ", ".join([f"({typed})"] + [f"({', '.join(['%s'] * len(own))})"] * (count - 1))
    names = iter(range(1, len(own) + 1))
    taken = ", ".join("new.id" if field.related_model is Order else f"v.c{next(names)}" for field in rows.fields(model))
    columns = ", ".join(f"c{number}" for number in range(1, len(own) + 1))
    return f"INSERT INTO {rows.into(model)} SELECT {taken} FROM new, (VALUES {given}) AS v ({columns})"  # noqa: S608


def _bare_type(field: Any) -> str:
    """Without a length: a cast to it would cut a text off that the column itself refuses."""
    return str(field.db_type(connection).partition("(")[0])
