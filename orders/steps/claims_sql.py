"""`orders.steps.claims` in SQL for PostgreSQL. Tables and columns are named by the models; values are parameters."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

from orders.database import prepared as statements
from orders.database import rows
from orders.models import Attempt, Destination, Order, OrderLine, Product, Step


def take(order_id: int, name: str, token: uuid.UUID, now: datetime, lease_ends: datetime) -> tuple[Step, int] | None:
    """The step, running now, with its order; and how often in a row its destination failed. None: not to be had."""
    with connection.cursor() as cursor:
        statements.execute(cursor, _take(), [token, now, lease_ends, name, order_id, name])
        row = cursor.fetchone()
    if row is None:
        return None
    width = len(Step._meta.concrete_fields)
    step = rows.instance(Step, row[:width])
    step.order = rows.instance(Order, row[width:-1])
    return step, row[-1]


@lru_cache
def _take() -> str:
    # Another worker's claim of the same row makes this one wait for its commit, and then look again: READ COMMITTED,
    # https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
    # The state is compared as an expression, so that no index of steps in some state can serve: to PostgreSQL, whose
    # statistics are of a quiet hour, `step_due` looks empty, and each claim would read the whole backlog in it.
    return f"""
        UPDATE {Step._meta.db_table} s
        SET state = 'running', token = %s, started_at = %s, due_at = %s, attempts = s.attempts + 1
        FROM {Order._meta.db_table} o LEFT JOIN {Destination._meta.db_table} d ON d.name = %s
        WHERE s.order_id = %s AND s.name = %s AND s.state || '' = 'queued' AND o.id = s.order_id
          AND (d.name IS NULL OR NOT d.paused AND (d.open_until IS NULL OR d.probe_id = s.id))
        RETURNING {rows.columns(Step, "s")}, {rows.columns(Order, "o")}, coalesce(d.failures, 0)
    """  # noqa: S608


def finish(
    step: Step, token: uuid.UUID, attempt: Mapping[str, Any], changes: Mapping[str, Any], also: models.Model | None
) -> bool:
    """Writes changes, attempt and `also` if the token still holds the step; settles the order if it was the last.

    The order's row is locked first: of two last steps that end at the same moment, the second sees the first.
    """
    values = [step.order_id, *changes.values(), step.pk, token, *attempt.values()]
    if also:
        values += rows.values(also)
    settles = changes["state"] == Step.State.DONE
    if settles:
        values += [changes["finished_at"], step.order_id, step.order_id, step.pk]
    statement = _finish(tuple(changes), tuple(attempt), type(also) if also else None, settles)
    with connection.cursor() as cursor:
        statements.execute(cursor, statement, values, first=_LOCK)
        (held,) = cursor.fetchone()
    return bool(held)


_LOCK = f"SELECT 1 FROM {Order._meta.db_table} WHERE id = %s FOR NO KEY UPDATE"  # noqa: S608


@lru_cache
def _finish(
    changed: tuple[str, ...], attempted: tuple[str, ...], also: type[models.Model] | None, settles: bool
) -> str:
    """Each part happens or does not, whatever is asked of it last (`WITH` of statements that change rows):

    https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
    """
    step = Step._meta.db_table
    new_values = ", ".join(f"{rows.column(Step, name)} = %s" for name in changed)
    columns = ", ".join(rows.column(Attempt, name) for name in attempted)
    parts = [
        f"held AS (UPDATE {step} SET {new_values} WHERE id = %s AND token = %s RETURNING id)",  # noqa: S608
        f"""attempt AS (
            INSERT INTO {Attempt._meta.db_table} (step_id, {columns})
            SELECT id, {_places(attempted)} FROM held)""",  # noqa: S608
    ]
    if also:
        places = _places(rows.fields(also))
        parts.append(f"""also AS (
            INSERT INTO {rows.into(also)} SELECT {places} FROM held ON CONFLICT DO NOTHING)""")  # noqa: S608
    if settles:
        parts.append(f"""settled AS (
            UPDATE {Order._meta.db_table} SET status = 'processed', settled_at = %s
            WHERE id = %s AND status = 'received' AND EXISTS (SELECT 1 FROM held)
              AND NOT EXISTS (SELECT 1 FROM {step} WHERE order_id = %s AND id <> %s AND state <> 'done'))""")  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT count(*) FROM held"  # noqa: S608


def _places(columns: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(columns))


def load_lines(order: Order) -> None:
    """Gives the order its lines, and these their products."""
    with connection.cursor() as cursor:
        statements.execute(cursor, _lines(), [order.pk])
        found = cursor.fetchall()
    width = len(OrderLine._meta.concrete_fields)
    lines = []
    for row in found:
        line = rows.instance(OrderLine, row[:width])
        line.order, line.product = order, rows.instance(Product, row[width:])
        lines.append(line)
    # As `prefetch_related_objects` leaves it: `order.lines.all()` asks the database no more.
    loaded = OrderLine.objects.all()
    loaded._result_cache, loaded._prefetch_done = lines, True  # type: ignore[attr-defined]
    order._prefetched_objects_cache = {"lines": loaded}  # type: ignore[attr-defined]


@lru_cache
def _lines() -> str:
    return f"""
        SELECT {rows.columns(OrderLine, "l")}, {rows.columns(Product, "p")}
        FROM {OrderLine._meta.db_table} l JOIN {Product._meta.db_table} p ON p.id = l.product_id
        WHERE l.order_id = %s ORDER BY l.position
    """  # noqa: S608
