"""How much there is to pack, to ship, and among the dead letters; and when the last order came. One statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, IntegerField, Min, QuerySet, Value
from django.db.models.functions import Cast

from orders import lifecycle
from orders.models import DeadLetter, Order

MOST = 1000  # So many orders to pack are counted: beyond that nobody needs the exact number.


@dataclass(frozen=True)
class Tally:
    """So many rows, and since when the oldest of them is there."""

    count: int = 0
    oldest: datetime | None = None

    @property
    def shown(self) -> str:
        return f"{MOST:,}+" if self.count >= MOST else f"{self.count:,}"


@dataclass(frozen=True)
class ToDo:
    """`last_order` is when the newest order came in; None if there is none."""

    pack: Tally
    ship: Tally
    letters: Tally
    last_order: datetime | None


def to_do() -> ToDo:
    """Of what is to be packed and shipped, MOST are counted."""
    orders = Order.objects.order_by()
    newest = orders.filter(pk__in=Order.objects.order_by("-pk").values("pk")[:1])
    parts = [
        _tally("pack", _first(lifecycle.to_pack(orders)), "created_at"),
        _tally("ship", _first(lifecycle.to_ship(orders)), "created_at"),
        _tally("letters", DeadLetter.objects.filter(sent_again_at=None).order_by(), "arrived_at"),
        _tally("newest", newest, "created_at"),
    ]
    found = {what: Tally(count, oldest) for what, count, oldest in parts[0].union(*parts[1:], all=True)}
    pack, ship, letters, last = (found.get(name, Tally()) for name in ("pack", "ship", "letters", "newest"))
    return ToDo(pack, ship, letters, last.oldest)


def _first(orders: QuerySet[Order]) -> QuerySet[Order]:
    return Order.objects.order_by().filter(pk__in=orders.order_by("pk").values("pk")[:MOST])


def _tally(what: str, rows: QuerySet[Any], since: str) -> QuerySet[Any, tuple[str, int, datetime | None]]:
    named = rows.annotate(what=Cast(Value(what), CharField(max_length=7))).values("what")
    counted = named.annotate(count=Count("pk", output_field=IntegerField()), oldest=Min(since))
    return counted.values_list("what", "count", "oldest")
