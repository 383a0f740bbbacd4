"""What becomes of an order after it was placed, and what follows from each change. Each is one transaction."""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from orders import shipments, step_names, telling
from orders.database.clock import from_now
from orders.errors import NotCancellable, NotShippable
from orders.models import Attempt, Deed, Event, Order, Shipment, Step
from orders.steps import transitions

log = logging.getLogger(__name__)


@transaction.atomic
def cancel_order(order_id: int, *, by: str, reason: str = "") -> list[Step]:
    """Stops what has not run, and has what ran undone where CANCEL_STEPS says how.

    Returns the steps that ran, run now, or may have run: the rest of them somebody has to undo. A cancelled order can
    be cancelled again, with the same answer. `reason` stays in its history. Raises NotCancellable once it is packed:
    whoever asks, staff or a client.
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
        Deed.remember(Deed.What.CANCELLED, [order], by=by, detail=reason)
        telling.tell([(order.pk, Event.Type.CANCELLED, "")])
        log.info("order %s cancelled by %s", order.number, by)
    return ran


def undoing(names: Iterable[str]) -> list[str]:
    """The steps that undo steps of these names at their destinations, as far as the shop has such."""
    return [undo for name in names if (undo := step_names.undoing(name)) in settings.CANCEL_STEPS]


def steps_that_ran(order: Order) -> list[Step]:
    """The order's steps whose effect happened, or may have: done, running, or sent without an answer."""
    tried = Attempt.Outcome  # One may be done and its step not: its worker was late (`orders.steps.late`).
    may_have = Attempt.objects.filter(outcome__in=[tried.UNKNOWN, tried.LOST, tried.DONE])
    happened = Q(state__in=[Step.State.DONE, Step.State.RUNNING]) | Q(attempt_log__in=may_have)
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


@transaction.atomic
def ship(orders: QuerySet[Order], *, by: str) -> list[int]:
    """Marks those of `orders` as shipped that are packed; returns their ids. Some of their steps may still be open.

    Each gets the steps that SHIP_STEPS has. Every way to ship an order ends here, once its parcels are saved. Whoever
    was told that an order was shipped, which was then taken back, is not told again.
    """
    ids = _advance(to_ship(orders), Order.Status.SHIPPED, Deed.What.SHIPPED, by)
    steps = [Step(order_id=order_id, name=name, due_at=from_now()) for order_id in ids for name in settings.SHIP_STEPS]
    Step.objects.bulk_create(steps, ignore_conflicts=True)
    if steps:
        transitions.revive(Step.objects.filter(order__in=ids, name__in=settings.SHIP_STEPS))
    return ids


@transaction.atomic
def ship_order(order_id: int, parcels: Iterable[shipments.Parcel] = (), *, by: str) -> None:
    """Marks an order as shipped, with these parcels beside those that it has.

    Raises NotShippable, TrackingNumberTaken or NoMoreParcels: then nothing is changed.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.status != Order.Status.PACKED:
        raise NotShippable(order.number, order.status)
    shipments.add(order, parcels, by=by)
    ship(Order.objects.filter(pk=order_id), by=by)


def add_shipment(order_id: int, carrier: str, tracking_number: str, *, by: str) -> Shipment:
    """Adds a parcel, before or after the order is shipped; the number may be as somebody typed it.

    Raises ValueError for what is no parcel, TrackingNumberTaken, and NoMoreParcels if the order is cancelled.
    """
    (added,) = add_shipments(order_id, [shipments.read_parcel(carrier, tracking_number)], by=by)
    return added


@transaction.atomic
def add_shipments(order_id: int, parcels: Iterable[shipments.Parcel], *, by: str) -> list[Shipment]:
    """Adds all of them or none. Raises TrackingNumberTaken, and NoMoreParcels if the order is cancelled."""
    order = Order.objects.select_for_update().get(pk=order_id)
    added = shipments.add(order, parcels, by=by)
    if added:
        telling.tell([(order.pk, Event.Type.SHIPMENTS_CHANGED, "")], shipments.told([order.pk]))
    return added


@transaction.atomic
def remove_shipment(order_id: int, shipment_id: int, *, by: str) -> Shipment | None:
    """Takes a parcel away, whatever the order's status; None if the order has no such parcel (any more)."""
    order = Order.objects.select_for_update().get(pk=order_id)
    removed = shipments.remove(order, shipment_id, by=by)
    if removed:
        telling.tell([(order.pk, Event.Type.SHIPMENTS_CHANGED, "")], shipments.told([order.pk]))
    return removed


@transaction.atomic
def _advance(ready: QuerySet[Order], after: Order.Status, what: Deed.What, by: str) -> list[int]:
    moving = list(ready.order_by("pk").only("number").select_for_update())
    ids = [order.pk for order in moving]
    now = from_now()
    Order.objects.filter(pk__in=ids).update(status=after, updated_at=now, **{f"{after}_at": now})
    Deed.remember(what, moving, by=by)
    parcels = shipments.told(ids) if after == Order.Status.SHIPPED else None
    telling.tell(((order_id, Event.Type(f"order.{after}"), "") for order_id in ids), parcels)
    log.info("%d orders marked as %s by %s", len(moving), after, by)
    return ids
