"""`orders.steps.claims` in SQL for PostgreSQL. Tables and columns are named by the models; values are parameters."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from orders import telling
from orders.database import prepared, rows
from orders.database.clock import from_now
from orders.models import Attempt, Destination, Event, Order, Step
from orders.steps.claim import Claim
from orders.steps.claimed_lines import LINES_SQL, ClaimedLines
from orders.steps.destinations import DESTINATION_SQL, MAY_RUN_SQL, SUCCESS_DUE_SQL
from orders.steps.instance import IS_OURS_SQL
from orders.steps.settling import LOCK_SQL, SETTLE_SQL, SETTLED_SQL

# For the event of a step that is parked.
COUNT_SQL = f"""UPDATE {Order._meta.db_table} o SET last_seq = last_seq + 1 FROM recorded
    WHERE o.id = recorded.order_id RETURNING o.id, o.last_seq, recorded.name"""  # noqa: S608


def take(order_id: int, name: str, token: uuid.UUID, lease: timedelta) -> Claim | None:
    """Makes the step run, and reads its order with lines and products. None: it can't be claimed now."""
    values = [token, from_now(), from_now(lease), name, order_id, name, settings.INSTANCE]
    found = prepared.fetch(_take(), values, Step, Order)
    if not found:
        return None
    ((step, order, lines, failures, success_due),) = found
    step._state.fields_cache["order"] = order
    vars(order)["_prefetched_objects_cache"] = {"lines": ClaimedLines.of(order, lines)}
    return Claim(step, order, token, holds, failures, success_due)


@lru_cache
def _take() -> str:
    """Step, order, lines: one statement for all, so that no step is ever taken whose order is not known."""
    # Another worker's claim of the same row makes this one wait for its commit, and then look again: READ COMMITTED,
    # https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
    # The state is compared as an expression, so that PostgreSQL can't use the partial index `step_due`: where its
    # statistics are of a quiet hour that index looks empty, and each claim would read the whole backlog in it.
    # Lines are inserted with their order and never change, so it does not matter that they are read as they were
    # when the statement began.
    return f"""
        UPDATE {Step._meta.db_table} s
        SET state = 'running', token = %s, started_at = %s, due_at = %s, attempts = s.attempts + 1, warning = ''
        FROM {Order._meta.db_table} o LEFT JOIN {Destination._meta.db_table} d ON d.name = {DESTINATION_SQL}
        WHERE s.order_id = %s AND s.name = %s AND s.state || '' = 'queued' AND o.id = s.order_id
          AND {MAY_RUN_SQL} AND {IS_OURS_SQL}
        RETURNING {rows.columns(Step, "s")}, {rows.columns(Order, "o")},
                  ({LINES_SQL}), coalesce(d.failures, 0), {SUCCESS_DUE_SQL}
    """  # noqa: S608


def holds(claim: Claim) -> bool:
    """True if the step still has the claim's token, and its lease outlasts a request that begins now.

    Between time limit and lease is the time in which the last request may still be on its way.
    """
    left = from_now(settings.STEP_LEASE - settings.STEP_TIME_LIMIT)
    return bool(prepared.fetch(_holds(), [claim.step.pk, claim.token, left]))


@lru_cache
def _holds() -> str:
    return f"SELECT 1 FROM {Step._meta.db_table} WHERE id = %s AND token = %s AND due_at > %s"  # noqa: S608


def finish(
    step: Step, token: uuid.UUID, attempt: Mapping[str, Any], changes: Mapping[str, Any], also: models.Model | None
) -> bool:
    """Writes changes, attempt and `also` if the step still has this token; settles the order if it was the last."""
    values = [step.order_id, *changes.values(), step.pk, token, *attempt.values()]
    if also:
        values += rows.values(also)
    if changes["state"] == Step.State.DONE:
        values += [changes["finished_at"], int(settings.EVENTS), step.order_id, step.order_id, step.pk]
    told = changes["state"] if settings.EVENTS else ""
    statement = _finish(tuple(changes), tuple(attempt), type(also) if also else None, changes["state"], told)
    ((recorded,),) = prepared.fetch(statement, values, first=LOCK_SQL)
    return bool(recorded)


@lru_cache
def _finish(
    changed: tuple[str, ...], attempted: tuple[str, ...], also: type[models.Model] | None, state: str, told: str
) -> str:
    """One statement of several parts. All but the first happen only if the first found the step still ours.

    A part that changes rows is executed even if nothing reads what it returns:
    https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
    """
    new_values = ", ".join(f"{rows.column(Step, name)} = %s" for name in changed)
    columns = ", ".join(rows.column(Attempt, name) for name in attempted)
    parts = [
        f"""recorded AS (
            UPDATE {Step._meta.db_table} SET {new_values} WHERE id = %s AND token = %s
            RETURNING id, order_id, name)""",  # noqa: S608
        f"""attempt AS (
            INSERT INTO {Attempt._meta.db_table} (step_id, {columns})
            SELECT id, {_places(attempted)} FROM recorded)""",  # noqa: S608
    ]
    if also:
        places = _places(rows.fields(also))
        parts.append(f"""also AS (
            INSERT INTO {rows.into(also)} SELECT {places} FROM recorded ON CONFLICT DO NOTHING)""")  # noqa: S608
    if state == Step.State.DONE:
        parts.append(f"settled AS ({SETTLE_SQL})")
    if told == Step.State.DONE:
        parts.append(f"told AS ({telling.told_sql(Event.Type.PROCESSED, SETTLED_SQL)})")
    if told == Step.State.PARKED:
        parts += [f"counted AS ({COUNT_SQL})", f"told AS ({telling.told_sql(Event.Type.PARKED, 'counted', 'name')})"]
    return f"WITH {', '.join(parts)} SELECT count(*) FROM recorded"  # noqa: S608


def _places(columns: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(columns))
