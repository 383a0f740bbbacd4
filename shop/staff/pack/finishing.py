"""Enter on an empty field, and the parcel's tracking number: acknowledged, packed, shipped."""

from orders import lifecycle
from orders.database.clock import from_now
from orders.errors import OrderError
from orders.models import Order, PackScan
from orders.shipments import Parcel, read_parcel
from shop.staff.pack import answers
from shop.staff.pack.answers import Answer
from shop.staff.pack.opening import open_order
from shop.staff.pack.situation import IN, PACKING, Kind, Situation

PACKED = str(Order.Status.PACKED)


def enter(at: Situation) -> Answer:
    """Enter means what the page showed when it was pressed: a second one that comes with it does nothing more."""
    order = at.order
    if order is None:
        return Answer(Kind.TOLD, "")
    if at.is_stale:
        return answers.meanwhile(order.status)
    if at.alarms:
        return _acknowledge(at)
    if at.stage == PACKED:
        return ship(at, order, [])
    if at.stage == IN and at.scan.expect == PACKING:
        return Answer(Kind.TOLD, "All in. Enter marks it as packed.")
    if at.stage == IN:
        return _pack(at, order)
    return answers.not_all_in(at.packing) if at.stage == PACKING else Answer(Kind.TOLD, "")


def _acknowledge(at: Situation) -> Answer:
    """Only what the page showed: another tablet's refusal was not seen here yet."""
    seen = [row.pk for row in at.alarms if row.pk in at.scan.seen]
    if not seen:
        return Answer(Kind.TOLD, "Look at the refusal first; Enter acknowledges it.")
    PackScan.objects.filter(pk__in=seen).update(acknowledged_at=from_now())
    return Answer(Kind.ACKNOWLEDGED, "")


def _pack(at: Situation, order: Order) -> Answer:
    if lifecycle.pack(Order.objects.filter(pk=order.pk), by=at.scan.by):
        return Answer(Kind.PACKED, f"{order.number} is packed.")
    return Answer(Kind.TOLD, "Not packed: its slip is being printed again. Press Enter once more when it is out.")


def parcel(at: Situation, order: Order) -> Answer:
    """A scan while the order is packed: another slip, or else the parcel's tracking number."""
    found, scanned = at.meaning, at.scan.scanned
    if found.order and not found.lines:
        return open_order(at, found.order)
    if found:
        return Answer(Kind.TOLD, f"{at.scan.code} is an article, not a tracking number. Nothing was shipped.")
    if scanned.is_grouped_number:
        return answers.no_such_order(at.scan.code)
    if scanned.times:
        return Answer(Kind.TOLD, f"{at.scan.code} is no tracking number. Nothing was shipped.")
    try:
        return ship(at, order, [read_parcel(at.scan.carrier, at.scan.code)])
    except ValueError as error:
        return Answer(Kind.TOLD, str(error))


def ship(at: Situation, order: Order, parcels: list[Parcel]) -> Answer:
    try:
        lifecycle.ship_order(order.pk, parcels, by=at.scan.by)
    except OrderError as error:
        return Answer(Kind.TOLD, f"Not shipped. {error}")
    kept = ", ".join(map(str, order.shipments.all()))
    how = f" with {kept}" if kept else ", without a parcel number"
    return Answer(Kind.SHIPPED, f"{order.number} is shipped{how}.")
