"""What becomes of an order after it was placed, and what follows from each change. Each is one transaction."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from orders import telling
from orders.database.clock import from_now
from orders.errors import NotCancellable
from orders.models import Attempt, Deed, Event, Order, Step
from orders.steps import destinations, transitions

log = logging.getLogger(__name__)


@transaction.atomic
def cancel_order(order_id: int, *, by: str) -> list[Step]:
    """Stops what has not run, and has what ran undone where CANCEL_STEPS says how.

    Returns the steps that ran, run now, or may have run: the rest of them somebody has to undo. A cancelled order can
    be cancelled again, with the same answer. Raises NotCancellable once it is packed: whoever asks, staff or a client.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.status in (Order.Status.PACKED, Order.Status.SHIPPED):
        raise NotCancellable(order.number, order.status)
    transitions.stop(order.steps.exclude(name__in=settings.CANCEL_STEPS))
    ran = steps_that_ran(order)  # Only now: `stop` has waited for workers that were claiming a step.
    if order.status != Order.Status.CANCELLED:
        Step.objects.bulk_create(
            Step(order=order, name=name, due_at=from_now()) for name in undoing(step.name for step in ran)
        )
        order.status, order.cancelled_at, order.updated_at = Order.Status.CANCELLED, from_now(), from_now()
        order.save(update_fields=["status", "cancelled_at", "updated_at"])
        Deed.remember(Deed.What.CANCELLED, [order], by=by)
        telling.tell([(order.pk, Event.Type.CANCELLED, "")])
        log.info("order %s cancelled by %s", order.number, by)
    return ran


def undoing(names: Iterable[str]) -> list[str]:
    """The steps that undo steps of these names at their destinations, as far as the shop has such."""
    return [undo for name in names if (undo := destinations.undoing(name)) in settings.CANCEL_STEPS]


def steps_that_ran(order: Order) -> list[Step]:
    """The order's steps whose effect happened, or may have: done, running, or sent without an answer."""
    unclear = Attempt.objects.filter(outcome__in=[Attempt.Outcome.UNKNOWN, Attempt.Outcome.LOST])
    happened = Q(state__in=[Step.State.DONE, Step.State.RUNNING]) | Q(attempt_log__in=unclear)
    return list(order.steps.exclude(name__in=settings.CANCEL_STEPS).filter(happened).distinct())


def to_pack(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those of `orders` whose slip is out, and which nobody has packed yet.

    Whether SAP and marketing have them does not matter: the parcel does not wait. A slip that is printed once more is
    on its way again.
    """
    on_its_way = Step.objects.filter(order=OuterRef("pk"), name=settings.SLIP_STEP).exclude(state=Step.State.DONE)
    # A scalar subquery: with EXISTS PostgreSQL may read all steps there are.
    looked_up = Subquery(on_its_way.order_by().values("pk")[:1])
    open_orders = orders.filter(status__in=[Order.Status.RECEIVED, Order.Status.PROCESSED])
    return open_orders.alias(on_its_way=looked_up).filter(on_its_way=None)


def to_ship(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those of `orders` that are packed."""
    return orders.filter(status=Order.Status.PACKED)


def pack(orders: QuerySet[Order], *, by: str) -> list[int]:
    """Marks those of `orders` as packed that are to be packed; returns their ids."""
    return _advance(to_pack(orders), Order.Status.PACKED, Deed.What.PACKED, by)


def ship(orders: QuerySet[Order], *, by: str) -> list[int]:
    """Marks those of `orders` as shipped that are packed; returns their ids. Some of their steps may still be open."""
    return _advance(to_ship(orders), Order.Status.SHIPPED, Deed.What.SHIPPED, by)


@transaction.atomic
def _advance(ready: QuerySet[Order], after: Order.Status, what: Deed.What, by: str) -> list[int]:
    moving = list(ready.order_by("pk").only("number").select_for_update())
    ids = [order.pk for order in moving]
    Order.objects.filter(pk__in=ids).update(status=after, updated_at=from_now())
    Deed.remember(what, moving, by=by)
    telling.tell((order_id, Event.Type(f"order.{after}"), "") for order_id in ids)
    log.info("%d orders marked as %s by %s", len(moving), after, by)
    return ids
