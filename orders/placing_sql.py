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


def insert_order(order: Order, lines: Sequence[OrderLine], steps: Sequence[Step], events: Sequence[Event] = ()) -> None:
    """Inserts them, all or none, and sets `order.pk`. The others belong to `order` and get no key of their own.

    Raises IntegrityError for what a constraint forbids.
    """
    if on_postgresql():
        _insert_at_once(order, lines, steps, events)
    else:
        _insert_by_orm(order, lines, steps, events)


def _insert_by_orm(
    order: Order, lines: Sequence[OrderLine], steps: Sequence[Step], events: Sequence[Event] = ()
) -> None:
    with transaction.atomic():
        order.save(force_insert=True)
        OrderLine.objects.bulk_create(lines)
        Step.objects.bulk_create(steps)
        Event.objects.bulk_create(events)


def _insert_at_once(order: Order, lines: Sequence[OrderLine], steps: Sequence[Step], events: Sequence[Event]) -> None:
    values: list[Any] = [str(LONGEST_LOCK)]
    for row in (order, *lines, *steps, *events):
        values += rows.values(row, leave_out=Order)  # Its key is not known before it is saved.
    keep = len(lines) <= MOST_LINES_PREPARED
    with connection.cursor() as cursor:
        prepared.execute(cursor, _statement(len(lines), len(steps), len(events)), values, first=_BOUND, keep=keep)
        order.pk, order.created_at = cursor.fetchone()
    order._state.adding, order._state.db = False, connection.alias


@lru_cache(maxsize=64)
def _statement(lines: int, steps: int, events: int) -> str:
    """PostgreSQL checks foreign keys when the statement ends, so the order may be inserted by the same one."""
    # Only names of tables and columns are put together here.
    told = f", events AS (INSERT INTO {rows.into(Event)} VALUES {_rows(Event, events)})" if events else ""  # noqa: S608
    return (
        f"WITH new AS (INSERT INTO {rows.into(Order)} VALUES {_row(Order)} RETURNING id, created_at),"  # noqa: S608
        f" lines AS (INSERT INTO {rows.into(OrderLine)} VALUES {_rows(OrderLine, lines)}),"
        f" steps AS (INSERT INTO {rows.into(Step)} VALUES {_rows(Step, steps)}){told}"
        " SELECT id, created_at FROM new"
    )


def _rows(model: type[models.Model], count: int) -> str:
    return ", ".join([_row(model)] * count)


def _row(model: type[models.Model]) -> str:
    places = ("(SELECT id FROM new)" if field.related_model is Order else "%s" for field in rows.fields(model))
    return f"({', '.join(places)})"
