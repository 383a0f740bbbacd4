"""What becomes of an order after it was placed, and what follows from each change. Each is one transaction."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from orders import telling
from orders.database.clock import from_now
from orders.errors import NotCancellable
from orders.models import Attempt, Event, Order, Step
from orders.steps import transitions

log = logging.getLogger(__name__)


@transaction.atomic
def cancel_order(order_id: int, *, by: str) -> list[Step]:
    """Stops what has not run, and has what ran undone where CANCEL_STEPS says how.

    Returns the steps that ran, run now, or may have run: the rest of them somebody has to undo. A cancelled order can
    be cancelled again, with the same answer. Raises NotCancellable once it is shipped.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.status == Order.Status.SHIPPED:
        raise NotCancellable(order.number)
    transitions.stop(order.steps.exclude(name__in=settings.CANCEL_STEPS))
    ran = steps_that_ran(order)  # Only now: `stop` has waited for workers that were claiming a step.
    if order.status != Order.Status.CANCELLED:
        Step.objects.bulk_create(
            Step(order=order, name=name, due_at=from_now()) for name in undoing(step.name for step in ran)
        )
        order.status, order.cancelled_at = Order.Status.CANCELLED, from_now()
        order.save(update_fields=["status", "cancelled_at"])
        telling.tell([(order.pk, Event.Type.CANCELLED, "")])
        log.info("order %s cancelled by %s", order.number, by)
    return ran


def undoing(names: Iterable[str]) -> list[str]:
    """The steps that undo steps of these names at their destinations, as far as the shop has such."""
    return [cancel for name in names if (cancel := f"{name}_cancel") in settings.CANCEL_STEPS]


def steps_that_ran(order: Order) -> list[Step]:
    """The order's steps whose effect happened, or may have: done, running, or sent without an answer."""
    unclear = Attempt.objects.filter(outcome__in=[Attempt.Outcome.UNKNOWN, Attempt.Outcome.LOST])
    happened = Q(state__in=[Step.State.DONE, Step.State.RUNNING]) | Q(attempt_log__in=unclear)
    return list(order.steps.exclude(name__in=settings.CANCEL_STEPS).filter(happened).distinct())


@transaction.atomic
def advance(orders: QuerySet[Order], before: Order.Status, after: Order.Status, *, by: str) -> list[int]:
    """Moves those of `orders` that are `before` on to `after`, e.g. processed to packed; returns their ids."""
    moving = list(orders.filter(status=before).order_by("pk").select_for_update().values_list("pk", flat=True))
    Order.objects.filter(pk__in=moving).update(status=after)
    telling.tell((order_id, Event.Type(f"order.{after}"), "") for order_id in moving)
    log.info("%d orders marked as %s by %s", len(moving), after, by)
    return moving
