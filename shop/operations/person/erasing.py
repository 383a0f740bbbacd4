"""Erases what the desk knows about a person: a transaction an order. What was sold, and for how much, stays."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from integrations.models import Purchase
from orders.database.clock import from_now
from orders.models import Attempt, DeadLetter, Deed, Notice, Order, PackScan, PickList, PickListEntry, Shipment, Step
from orders.steps import why_held
from shop.operations.person import mentions, slips
from shop.operations.person.fields import ERASED, PERSONAL

OPEN = [Step.State.QUEUED, Step.State.RUNNING, Step.State.WAITING, Step.State.PARKED]
ANOTHERS = "no slips (those in the spool folder are another desk's: this database is a copy)"


class StillOpen(Exception):
    """The order has steps that may need its data; a sentence."""


@dataclass(frozen=True)
class Erased:
    """What was erased, in words; and what is left of it here, which a repeat may find: a sentence each."""

    told: str
    left: list[str]


@transaction.atomic
def erase(order_id: int, *, by: str) -> Erased:
    """Erases one order's person. It can be repeated. Raises StillOpen.

    Its slips in the spool folder go before the commit: who is interrupted there repeats it, and finds the rest. In a
    copy of another desk's database they are that desk's, and stay.
    """
    # Ahead of the order, as who ends a list does it: nobody asks for a copy that would be drawn of the order as it was.
    entries = PickListEntry.objects.filter(order=order_id).values("pick_list")
    list(PickList.objects.filter(pk__in=entries).order_by("pk").select_for_update())
    order = Order.objects.select_for_update().get(pk=order_id)
    if names := list(order.steps.filter(state__in=OPEN).values_list("name", flat=True)):
        what_to_do = "Let that end, cancel the order, or mark the steps as done by hand."
        raise StillOpen(f"{order} has open steps: {', '.join(names)}. {what_to_do}")
    values = mentions.telling(order)
    copy = bool(why_held())
    files = slips.Erased() if copy else slips.erase(order)
    letters = _erase_letters(values)
    _erase_what_hangs_on(order)
    _erase_mentions(values)
    Order.objects.filter(pk=order.pk).update(**PERSONAL, updated_at=from_now())  # Who follows orders asks by it.
    told = f"{ANOTHERS if copy else files}, {letters} dead letters"
    Deed.remember(Deed.What.ERASED, [order], by=by, detail=told)
    return Erased(told, files.left)


@transaction.atomic
def erase_mentions(email: str) -> str:
    """Of somebody who has no order here (any more): what else speaks of him. In words what was erased."""
    values = mentions.of_email(email)
    letters = _erase_letters(values)
    _erase_mentions(values)
    return f"{letters} dead letters, and what else spoke of this address"


def _erase_letters(values: list[str]) -> int:
    ids = [letter.pk for letter in mentions.letters(values)]
    deleted, _ = DeadLetter.objects.filter(pk__in=ids).delete()
    return deleted


def _erase_what_hangs_on(order: Order) -> None:
    """What the remotes said, what staff read of it, and the parcels' numbers."""
    order.steps.update(reason="", next_action="", warning="")
    Attempt.objects.filter(step__order=order).update(answer="")
    order.events.update(data=None)
    PackScan.objects.filter(order=order).update(code="", answer="")
    Deed.objects.filter(order=order).exclude(what=Deed.What.ERASED).update(detail="")
    parcels = [shipment.pk for shipment in order.shipments.all()]
    for parcel in parcels:  # A number is one parcel's, also one that is none.
        Shipment.objects.filter(pk=parcel).update(tracking_number=f"{ERASED} {parcel}")
    if parcels:
        Order.objects.filter(pk=order.pk).update(shipment_changes=F("shipment_changes") + 1)
    Purchase.objects.filter(order=order).update(customer=f"{ERASED} {order.pk}")


def _erase_mentions(values: list[str]) -> None:
    for session in mentions.sessions(values):
        session.delete()
    for notice, instead in mentions.notices(values):
        Notice.objects.filter(pk=notice.pk).update(message=instead)
    for rows, column, value in mentions.texts(values):
        for row in rows:
            text = value.sub(ERASED, getattr(row, column))
            type(row)._default_manager.filter(pk=row.pk).update(**{column: text})
