"""`orders.steps.claims` by the ORM, for SQLite."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Prefetch, prefetch_related_objects

from orders import telling
from orders.database.clock import from_now
from orders.database.rows import insert_new
from orders.models import Attempt, Destination, Event, OrderLine, Step
from orders.step_names import destination_of
from orders.steps import destinations, settling, transitions
from orders.steps.claim import Claim
from orders.steps.instance import in_ours


@transaction.atomic
def take(order_id: int, name: str, token: uuid.UUID, lease: timedelta) -> Claim | None:
    """See `claims_sql.take`."""
    ours = destinations.that_may_run(Step.objects.filter(order_id=order_id, name=name), name)
    if not transitions.take(in_ours(ours), token, lease):
        return None
    destination = Destination.objects.filter(name=destination_of(name))
    failures = destination.values_list("failures", flat=True).first() or 0
    success_due = not destination.exclude(destinations.success_due()).exists()
    step = Step.objects.select_related("order").get(order_id=order_id, name=name)
    prefetch_related_objects([step.order], Prefetch("lines", OrderLine.objects.select_related("product")))
    return Claim(step, step.order, token, holds, failures, success_due)


def holds(claim: Claim) -> bool:
    """See `claims_sql.holds`."""
    left = from_now(settings.STEP_LEASE - settings.STEP_TIME_LIMIT)
    return Step.objects.filter(pk=claim.step.pk, token=claim.token, due_at__gt=left).exists()


def finish(
    step: Step, token: uuid.UUID, attempt: Mapping[str, Any], changes: Mapping[str, Any], also: models.Model | None
) -> bool:
    """See `claims_sql.finish`."""
    with transaction.atomic():
        if not transitions.finish(step, token, changes):
            return False
        Attempt.objects.create(step=step, **attempt)
        if also:
            insert_new(also)
        if changes["state"] == Step.State.DONE:
            settling.settle(step.order_id)
        elif changes["state"] == Step.State.PARKED:
            telling.tell([(step.order_id, Event.Type.PARKED, step.name)])
        return True
