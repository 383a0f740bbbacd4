"""Taking a step and giving it back, each in one atomic change of its row.

Who takes a step holds its token until the lease runs out; only the holder may record what became of it. On
PostgreSQL both are a single statement of SQL (`claims_sql`): they run for every step of every order, and the ORM
needs ten times the processor time for them (docs/performance.md). The two ways are tested side by side.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from orders.database.rows import insert_new
from orders.models import Attempt, Destination, Order, OrderLine, Step
from orders.steps import claims_sql
from orders.steps.outcome import NotYet
from orders.steps.settling import settle


@dataclass(frozen=True)
class Claim:
    """The right to run one step once. `troubled`: its destination's last answers were failures."""

    step: Step
    token: uuid.UUID
    started_at: datetime
    troubled: bool = False

    @cached_property
    def order(self) -> Order:
        """The order with its lines and their products; to be read before anything is sent.

        Raises NotYet if the database is away: that is not the destination's fault, and nothing has happened there.
        """
        way = claims_sql.load_lines if connection.vendor == "postgresql" else _load_lines_by_orm
        try:
            way(self.step.order)
        except (OperationalError, InterfaceError) as error:
            raise NotYet("The database was away; nothing was sent.", code=type(error).__name__) from error
        return self.step.order


def take(order_id: int, name: str) -> Claim | None:
    """Takes a queued step whose destination is not held (or that is its probe); None if it is not to be had."""
    token, now = uuid.uuid4(), timezone.now()
    way = claims_sql.take if connection.vendor == "postgresql" else _take_by_orm
    found = way(order_id, name, token, now, now + settings.STEP_LEASE)
    if found is None:
        return None
    step, failures = found
    return Claim(step, token, now, troubled=failures > 0)


def finish(
    claim: Claim, attempt: Mapping[str, Any], changes: Mapping[str, Any], also: models.Model | None = None
) -> bool:
    """Writes the step's changes and the attempt, and gives the step back; False if the claim was lost to another.

    With it, in the same transaction: a new row `also`, unless there is one like it already; and if this was the last
    of the order's steps to be done, the order is processed.
    """
    way = claims_sql.finish if connection.vendor == "postgresql" else _finish_by_orm
    now = timezone.now()
    attempt = {
        "number": claim.step.attempts,
        "started_at": claim.started_at,
        "duration": now - claim.started_at,
        **attempt,
    }
    return way(claim.step, claim.token, attempt, {"token": None, "finished_at": now, **changes}, also)


def _take_by_orm(
    order_id: int, name: str, token: uuid.UUID, now: datetime, lease_ends: datetime
) -> tuple[Step, int] | None:
    held = Destination.objects.filter(Q(paused=True) | Q(open_until__isnull=False), name=OuterRef("name"))
    probing = Destination.objects.filter(name=OuterRef("name"), paused=False, probe=OuterRef("pk"))
    claimed = Step.objects.filter(
        ~Exists(held) | Exists(probing), order_id=order_id, name=name, state=Step.State.QUEUED
    ).update(state=Step.State.RUNNING, token=token, started_at=now, due_at=lease_ends, attempts=F("attempts") + 1)
    if not claimed:
        return None
    failures = Destination.objects.filter(name=name).values_list("failures", flat=True).first()
    return Step.objects.select_related("order").get(order_id=order_id, name=name), failures or 0


def _load_lines_by_orm(order: Order) -> None:
    prefetch_related_objects([order], Prefetch("lines", OrderLine.objects.select_related("product")))


def _finish_by_orm(
    step: Step, token: uuid.UUID, attempt: Mapping[str, Any], changes: Mapping[str, Any], also: models.Model | None
) -> bool:
    with transaction.atomic():
        if not Step.objects.filter(pk=step.pk, token=token).update(**changes):
            return False
        Attempt.objects.create(step=step, **attempt)
        if also:
            insert_new(also)
        if changes["state"] == Step.State.DONE:
            settle(step.order_id)
        return True
