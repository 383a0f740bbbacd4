"""Pick lists: made of the oldest orders to pack or of chosen ones, found by their number, ended.

An order is on one open list at most, whoever makes lists at the same moment.
"""

import logging
import re
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from orders import lifecycle
from orders.database.clock import from_now
from orders.database.turns import take_turn
from orders.models import Deed, Order, PickList, PickListEntry
from orders.models.pick_list import MOST_ORDERS, TO_PICK

log = logging.getLogger(__name__)

TURN = "pick lists"
# As typed or scanned, dashes and spaces aside; I may be read as 1.
_NUMBER = re.compile(r"P[I1]CK0*([1-9][0-9]{0,17})", re.ASCII)


@transaction.atomic
def take_next(*, by: str) -> PickList | None:
    """A list of the oldest orders to pack that are on no open list, MOST_ORDERS at most; None if there are none."""
    take_turn(TURN)
    oldest = free(lifecycle.to_pack(Order.objects.all())).order_by("pk")[:MOST_ORDERS]
    return next(iter(_make(list(oldest), by)), None)


@transaction.atomic
def take(orders: QuerySet[Order], *, by: str) -> list[PickList]:
    """Lists of those of `orders` that are not packed and on no open list, MOST_ORDERS on each; the oldest first."""
    take_turn(TURN)
    return _make(list(free(unpacked(orders)).order_by("pk")), by)


def unpacked(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those of `orders` that are neither packed nor shipped nor cancelled, whether or not their slip is out."""
    return orders.filter(status__in=TO_PICK)


def free(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those of `orders` that are on no open list."""
    return orders.filter(~Exists(PickListEntry.objects.filter(order=OuterRef("pk"), freed=False)))


def _make(orders: Sequence[Order], by: str) -> list[PickList]:
    starts = range(0, len(orders), MOST_ORDERS)
    return [_make_one(orders[start : start + MOST_ORDERS], by) for start in starts]


def _make_one(orders: Sequence[Order], by: str) -> PickList:
    made = PickList.objects.create(created_at=from_now(), created_by=by[:150])
    PickListEntry.objects.bulk_create(
        PickListEntry(pick_list=made, order=order, box=box) for box, order in enumerate(orders)
    )
    Deed.remember(Deed.What.LISTED, orders, by=by, detail=made.number)
    log.info("%s made by %s: %d orders", made, by, len(orders))
    return made


@transaction.atomic
def end(pick_list_id: int, *, by: str) -> list[Order]:
    """Ends a list that is open, and returns its unpacked orders: the next list may take them. [] if it was ended.

    Of its other orders too: one that is unpacked again does not come back to it.
    """
    take_turn(TURN)
    ended = PickList.objects.filter(pk=pick_list_id, ended_at=None)
    if not ended.update(ended_at=from_now(), ended_by=by[:150]):
        return []
    this = PickList.objects.get(pk=pick_list_id)
    left = list(unpacked(Order.objects.filter(pick_list_entries__pick_list=this)).order_by("pk"))
    this.entries.update(freed=True)
    Deed.remember(Deed.What.LIST_ENDED, [this, *left], by=by, detail=this.number)
    log.info("%s ended by %s: %d orders left", this, by, len(left))
    return left


def are_open(lists: QuerySet[PickList]) -> QuerySet[PickList]:
    """Those of `lists` that nobody ended, and that have an order left to pack."""
    left = PickListEntry.objects.filter(pick_list=OuterRef("pk"), order__status__in=TO_PICK)
    return lists.filter(Exists(left), ended_at=None)


def find(text: str) -> PickList | None:
    """The list of this number, as scanned or typed: "PICK-42", "pick 42"; None if there is none, or it is no number."""
    match = _NUMBER.fullmatch(re.sub(r"[\W_]|ß", "", text).upper())
    return PickList.objects.filter(pk=int(match[1])).first() if match else None


def of_order(order: Order) -> PickList | None:
    """The open list that an unpacked order is on; None if it is on none."""
    if order.status not in TO_PICK:
        return None
    return PickList.objects.filter(entries__order=order, entries__freed=False).first()
