"""`orders.claims` in PostgreSQL's SQL. Tables and columns are named by the models; values are always parameters."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from orders import rows, statements
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


def finish(step_id: int, token: uuid.UUID, attempt: Attempt, changes: Mapping[str, Any]) -> bool:
    """Writes changes and attempt if the token still holds the step."""
    values = [rows.prepared(Step, name, value) for name, value in changes.items()]
    values += [step_id, token]
    values += [field.get_db_prep_save(getattr(attempt, field.attname), connection) for field in _attempt_fields()]
    with connection.cursor() as cursor:
        statements.execute(cursor, _finish(tuple(changes)), values)
        return bool(cursor.rowcount)


@lru_cache
def _finish(changed: tuple[str, ...]) -> str:
    columns = [str(field.column) for field in _attempt_fields()]
    return f"""
        WITH held AS (
            UPDATE {Step._meta.db_table} SET {", ".join(f"{rows.column(Step, name)} = %s" for name in changed)}
            WHERE id = %s AND token = %s RETURNING id
        )
        INSERT INTO {Attempt._meta.db_table} (step_id, {", ".join(columns)})
        SELECT id, {", ".join(["%s"] * len(columns))} FROM held
    """  # noqa: S608


def _attempt_fields() -> list[Any]:
    return [field for field in rows.fields(Attempt) if field.column != "step_id"]


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
