"""Takes back "packed" and "shipped": the wrong slip was scanned, or the parcel was forgotten on the table.

Within SOON, who did it may take it back; after that, and for others, who has the permission `orders.undo_order`.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from orders import telling
from orders.database.clock import from_now
from orders.errors import NotTakenBack
from orders.models import Deed, Event, Order, Step
from orders.steps import may_have_been_sent, transitions

log = logging.getLogger(__name__)

SOON = timedelta(minutes=10)
Status = Order.Status
DEEDS = {Status.PACKED: Deed.What.PACKED, Status.SHIPPED: Deed.What.SHIPPED}
EVENTS = {Status.PACKED: Event.Type.UNPACKED, Status.SHIPPED: Event.Type.UNSHIPPED}


@transaction.atomic
def take_back(order_id: int, was: str, *, by: str, any_time: bool = False) -> list[str]:
    """Makes the order what it was before it was `was` ("packed" or "shipped"); `any_time`: whoever did it, whenever.

    Returns what stays as it is all the same, a sentence each: mails, parcels. Raises NotTakenBack, and changes nothing
    then: the order is something else by now, it was somebody else, it is too long ago, or a mail goes out just now.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if why := why_not(order, was, by=by, any_time=any_time):
        raise NotTakenBack(why)
    stays = _stop_telling(order) + _parcels(order) if was == Status.SHIPPED else []
    _set_back(order, Status(was))
    Deed.remember(Deed.What.UNDONE, [order], by=by, detail=" ".join([f"It was {was}.", *stays]))
    telling.tell([(order.pk, EVENTS[Status(was)], "")])
    log.info("order %s is not %s any more: taken back by %s", order.number, was, by)
    return stays


def why_not(order: Order, was: str, *, by: str, any_time: bool = False) -> str:
    """Why this can't be taken back, a sentence for whoever wants to; empty if it can."""
    if was not in DEEDS:
        return f"“{was}” can't be taken back."
    if order.status != was:
        first = " Take that back first." if order.status == Status.SHIPPED else ""
        return f"Order {order.number} is {order.status}, not {was}.{first}"
    if any_time:
        return ""
    deeds = Deed.objects.filter(order=order, model="order", what=DEEDS[Status(was)])
    last = deeds.order_by("-pk").first()
    if not last or last.by != by:
        return f"{last.by if last else 'Somebody else'} did it: ask them, or somebody of operations."
    if not deeds.filter(pk=last.pk, at__gt=from_now(-SOON)).exists():
        minutes = SOON.seconds // 60
        return f"It is more than {minutes} minutes ago: ask somebody of operations, who may still take it back."
    return ""


def _stop_telling(order: Order) -> list[str]:
    """Stops what tells of the shipping, as far as it has not run; says what has, or may have."""
    steps = order.steps.filter(name__in=settings.SHIP_STEPS)
    transitions.stop(steps)  # Waits for workers that were claiming one.
    now = list(steps)
    if running := [step.name for step in now if step.state == Step.State.RUNNING]:
        raise NotTakenBack(f"{', '.join(running)} runs at this moment: try again in a few seconds.")
    return [told for step in now if (told := _told(order, step))]


def _told(order: Order, step: Step) -> str:
    if not order.email:
        return ""
    if step.state == Step.State.DONE:
        return "The customer was told by mail that it is on its way, and is not told of this."
    return "The mail that it is on its way may have been sent." if may_have_been_sent(step) else ""


def _parcels(order: Order) -> list[str]:
    parcels = ", ".join(map(str, order.known_shipments))
    return [f"It keeps its parcels: {parcels}. Keep them back."] if parcels else []


def _set_back(order: Order, was: Order.Status) -> None:
    """A packed order was `processed` if it is settled. Marketing and SAP were told nothing of either."""
    packed_before = Status.PROCESSED if order.settled_at else Status.RECEIVED
    before = Status.PACKED if was == Status.SHIPPED else packed_before
    Order.objects.filter(pk=order.pk).update(status=before, updated_at=from_now(), **{f"{was}_at": None})
