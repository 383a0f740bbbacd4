"""Saves a new order with its lines and steps: on PostgreSQL in a single statement.

One statement is one round trip and a transaction by itself. The ORM needs five, and three times the processor time
(docs/performance.md); elsewhere than on PostgreSQL it does it all the same.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

from orders.database import prepared as statements
from orders.database import rows
from orders.models import Order, OrderLine, Step


def insert_order(order: Order, lines: Sequence[OrderLine], steps: Sequence[Step]) -> None:
    """Inserts them, all or none, and sets `order.pk`. Lines and steps belong to `order` and get no key of their own.

    Raises IntegrityError for what a constraint forbids.
    """
    if connection.vendor == "postgresql":
        _insert_at_once(order, lines, steps)
    else:
        _insert_by_orm(order, lines, steps)


def _insert_by_orm(order: Order, lines: Sequence[OrderLine], steps: Sequence[Step]) -> None:
    with transaction.atomic():
        order.save(force_insert=True)
        OrderLine.objects.bulk_create(lines)
        Step.objects.bulk_create(steps)


def _insert_at_once(order: Order, lines: Sequence[OrderLine], steps: Sequence[Step]) -> None:
    values = _values(order)
    for row in (*lines, *steps):
        values += _values(row)
    with connection.cursor() as cursor:
        statements.execute(cursor, _statement(len(lines), len(steps)), values)
        (order.pk,) = cursor.fetchone()
    order._state.adding, order._state.db = False, connection.alias


@lru_cache(maxsize=64)
def _statement(lines: int, steps: int) -> str:
    """The foreign keys are checked when the statement ends, so the order may come in the same one."""
    return (  # Only names of tables and columns are put together here.
        f"WITH new AS (INSERT INTO {rows.into(Order)} VALUES {_row(Order)} RETURNING id),"  # noqa: S608
        f" lines AS (INSERT INTO {rows.into(OrderLine)} VALUES {_rows(OrderLine, lines)}),"
        f" steps AS (INSERT INTO {rows.into(Step)} VALUES {_rows(Step, steps)})"
        " SELECT id FROM new"
    )


def _rows(model: type[models.Model], count: int) -> str:
    return ", ".join([_row(model)] * count)


def _row(model: type[models.Model]) -> str:
    places = ("(SELECT id FROM new)" if _is_order(field) else "%s" for field in rows.fields(model))
    return f"({', '.join(places)})"


def _values(row: models.Model) -> list[Any]:
    return [
        value for field, value in zip(rows.fields(type(row)), rows.values(row), strict=True) if not _is_order(field)
    ]


def _is_order(field: Any) -> bool:
    return bool(field.related_model is Order)
