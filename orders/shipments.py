"""The parcels of an order. A tracking number is one parcel's: no carrier gives it twice.

`orders.lifecycle` calls these with the order's row locked, and tells of it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import F

from orders.carriers import carriers, tidy_tracking_number
from orders.database.clock import from_now
from orders.errors import NoMoreParcels, TrackingNumberTaken
from orders.models import Deed, Order, Shipment
from orders.models.shipment import ERASED

MOST_PARCELS = 100  # of an order


class Parcel(NamedTuple):
    """What is to be added: a carrier's key and a tidy number."""

    carrier: str
    tracking_number: str


def read_parcel(carrier: str, typed: str) -> Parcel:
    """A parcel as somebody typed it. Raises ValueError with a sentence for him."""
    if carrier not in carriers():
        raise ValueError("The shop has no such carrier.")
    return Parcel(carrier, tidy_tracking_number(typed))


def add(order: Order, parcels: Iterable[Parcel], *, by: str) -> list[Shipment]:
    """Adds them to the order, whose row is locked; returns their rows.

    Raises TrackingNumberTaken, and NoMoreParcels if the order is cancelled or has MOST_PARCELS.
    """
    wanted = sorted(parcels)  # In one sequence for all: two who add the same never wait for each other crosswise.
    if not wanted:
        return []
    if order.status == Order.Status.CANCELLED:
        raise NoMoreParcels(f"Order {order.number} is cancelled: nothing is sent for it any more.")
    if order.shipments.count() + len(wanted) > MOST_PARCELS:
        raise NoMoreParcels(f"An order has {MOST_PARCELS} parcels at most.")
    added = [_added(order, parcel) for parcel in wanted]
    _note(order, Deed.What.PARCEL_ADDED, added, by)
    return added


def remove(order: Order, shipment_id: int, *, by: str) -> Shipment | None:
    """Deletes a parcel of the order, whose row is locked; None if it has no such parcel."""
    shipment = order.shipments.filter(pk=shipment_id).first()
    if shipment:
        _note(order, Deed.What.PARCEL_REMOVED, [shipment], by)
        shipment.delete()
    return shipment


def _added(order: Order, parcel: Parcel) -> Shipment:
    """Whoever adds the same number at the same time waits here until we have committed, and finds ours."""
    shipment, is_new = Shipment.objects.select_related("order").get_or_create(
        **parcel._asdict(), defaults={"order": order, "created_at": from_now()}
    )
    if not is_new:
        same = shipment.order_id == order.pk
        raise TrackingNumberTaken(str(shipment), shipment.order.number, **parcel._asdict(), same_order=same)
    return shipment


def _note(order: Order, what: Deed.What, changed: list[Shipment], by: str) -> None:
    Order.objects.filter(pk=order.pk).update(shipment_changes=F("shipment_changes") + 1, updated_at=from_now())
    for shipment in changed:
        Deed.remember(what, [order], by=by, detail=str(shipment))


def told(order_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What an event says of each order's parcels: all that it has now, so that it supersedes what was said before.

    One whose number is erased is left out: to those who follow the events a parcel is its number.
    """
    parcels: dict[int, list[dict[str, str]]] = defaultdict(list)
    ids = list(order_ids)
    known = Shipment.objects.exclude(tracking_number__startswith=ERASED)
    for row in known.filter(order__in=ids).order_by("pk"):
        parcels[row.order_id].append(
            {
                "carrier": row.carrier,
                "carrier_name": row.carrier_name,
                "tracking_number": row.tracking_number,
                "tracking_url": row.tracking_url,
            }
        )
    return {order_id: {"shipments": parcels[order_id]} for order_id in ids}


def orders_of(typed: str) -> list[int]:
    """The ids of the orders with a parcel of this tracking number, however it was typed; two carriers may have it."""
    try:
        number = tidy_tracking_number(typed)
    except ValueError:
        return []
    return list(Shipment.objects.filter(tracking_number=number).order_by().values_list("order", flat=True))
