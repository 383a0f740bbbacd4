"""How much there is to pack and to ship, at the printers, among dead letters and refused events; the last order's time.

All of it is one statement, each part of it by an index of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, IntegerField, Min, QuerySet, Value
from django.db.models.functions import Cast, Concat

from orders import lifecycle, pick_lists
from orders.events import history
from orders.models import DeadLetter, Event, Instance, Order
from printing.models import PrintJob

MOST = 1000  # So many orders to pack, or events, are counted: beyond that nobody needs the exact number.
State = PrintJob.State
WAITING = (State.CLAIMED, State.SENDING, State.ACCEPTED)  # Given to a printer, or about to be; no paper yet.


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
    """`slips` are those that wait, by printer; of `unknown` ones nobody knows whether they were printed.

    `refused` are events of which other programs were not told. `last_order` is when the newest order came in; None if
    there is none.
    """

    pack: Tally
    ship: Tally
    letters: Tally
    slips: dict[int, Tally]
    unknown: Tally
    last_order: datetime | None
    free: Tally = Tally()  # to pack, and on no open pick list
    refused: Tally = Tally()
    mark: str = ""  # whose database it is: see orders.steps.instance


def to_do() -> ToDo:
    """Of what is to be packed and shipped, and of events, MOST are counted."""
    orders = Order.objects.order_by()
    newest = orders.filter(pk__in=Order.objects.order_by("-pk").values("pk")[:1])
    parts = [
        _tally("pack", _first(lifecycle.to_pack(orders)), "created_at"),
        _tally("free", _first(pick_lists.free(lifecycle.to_pack(orders))), "created_at"),
        _tally("ship", _first(lifecycle.to_ship(orders)), "created_at"),
        _tally("letters", DeadLetter.objects.filter(sent_again_at=None).order_by(), "arrived_at"),
        _tally("newest", newest, "created_at"),
        _slips(),
        _marks(),
    ]
    if history.are_published():
        parts.append(_tally("refused", _first_refused(), "at"))
    found = {what: Tally(count, oldest) for what, count, oldest in parts[0].union(*parts[1:], all=True)}
    pack, ship, letters, last = (found.get(name, Tally()) for name in ("pack", "ship", "letters", "newest"))
    at = {
        (int(what[1:].partition(" ")[0]), what.partition(" ")[2]): one for what, one in found.items() if what[0] == "@"
    }
    slips = {printer: together(one for (where, state), one in at.items() if where == printer and state in WAITING)
             for printer, _ in at}  # fmt: skip
    unknown = together(one for (_, state), one in at.items() if state == State.UNKNOWN)
    mark = ", ".join(sorted(what[1:] for what in found if what[0] == "="))
    free, refused = found.get("free", Tally()), found.get("refused", Tally())
    return ToDo(pack, ship, letters, slips, unknown, last.oldest, free, refused, mark)


def together(some: Iterable[Tally]) -> Tally:
    rows = list(some)
    return Tally(sum(row.count for row in rows), min((row.oldest for row in rows if row.oldest), default=None))


def _slips() -> QuerySet[Any, tuple[str, int, datetime | None]]:
    """How many slips are in which state at which printer, but for those that have ended: "@3 accepted"."""
    jobs = PrintJob.objects.filter(state__in=[*WAITING, State.UNKNOWN]).order_by()
    where = Concat(Value("@"), Cast("printer", CharField()), Value(" "), "state", output_field=CharField(max_length=32))
    return _counted(jobs.annotate(what=where), "created_at")


def _marks() -> QuerySet[Any, tuple[str, int, datetime | None]]:
    """The names that the database is marked with: "=production"."""
    what = Concat(Value("="), "name", output_field=CharField(max_length=256))
    return _counted(Instance.objects.order_by().annotate(what=what), "marked_at")


def _first(orders: QuerySet[Order]) -> QuerySet[Order]:
    return Order.objects.order_by().filter(pk__in=orders.order_by("pk").values("pk")[:MOST])


def _first_refused() -> QuerySet[Event]:
    return Event.objects.order_by().filter(pk__in=history.refused().values("pk")[:MOST])


def _tally(what: str, rows: QuerySet[Any], since: str) -> QuerySet[Any, tuple[str, int, datetime | None]]:
    return _counted(rows.annotate(what=Cast(Value(what), CharField(max_length=32))), since)


def _counted(rows: QuerySet[Any], since: str) -> QuerySet[Any, tuple[str, int, datetime | None]]:
    counted = rows.values("what").annotate(count=Count("pk", output_field=IntegerField()), oldest=Min(since))
    return counted.values_list("what", "count", "oldest")
