"""How far back orders are read for a part of a name: the newest first, and all of them only if somebody asks for that.

No index helps with a part of a name but one of trigrams; each new order would wait for that, four columns of it.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from orders.models import Order

NEWEST = 10_000  # orders that are read first: they are asked for most. A few hundredths of a second.
UNASKED = 100_000  # that are read at most where nobody asked for all. Some tenths of a second; a million take seconds.
ALL = "all"  # what `among=` says in an address of who asks


@dataclass(frozen=True)
class Reach:
    """The ids that were found, the newest first, and in how many of the newest orders; `among` is 0 if in all."""

    ids: list[int]
    among: int = 0


def reach(wanted: QuerySet[Order], most: int, *, everywhere: bool = False) -> Reach:
    """At most so many of the orders that are wanted."""
    if everywhere:
        return Reach(_ids(wanted, most))
    last = newest()
    found, read = _ids(wanted.filter(pk__gt=last - NEWEST), most), NEWEST
    if not found and others_than(NEWEST, last):
        found, read = _ids(wanted.filter(pk__gt=last - UNASKED, pk__lte=last - NEWEST), most), UNASKED
    return Reach(found, read if others_than(read, last) else 0)


def newest() -> int:
    """The newest order's id; 0 if there is none."""
    return Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def others_than(count: int, last: int) -> bool:
    """Whether there are orders beside the newest so many. Ids are counted: some may be of orders that are gone."""
    return Order.objects.filter(pk__lte=last - count).exists()


def _ids(orders: QuerySet[Order], most: int) -> list[int]:
    return list(orders.order_by("-pk").values_list("pk", flat=True)[:most])
