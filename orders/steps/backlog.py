"""What each destination still has to do: how many of its steps are in which state, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db.models import Count, Min, Q

from orders.database import clock
from orders.models import Destination, Order, Step
from orders.step_names import destination_of

# Each part is written as the condition of a partial index is: else PostgreSQL would not use the index.
LIVE = Q(state__in=[Step.State.QUEUED, Step.State.WAITING]) | Q(state=Step.State.RUNNING) | Q(state=Step.State.PARKED)


@dataclass
class Backlog:
    """How many of a destination's steps (those that undo others among them) are in which state, but for the ended.

    `oldest` is when the order of the oldest open step came in. `holds_steps`: the destination is
    paused, or its circuit breaker is open; then all its queued and waiting steps are held.
    """

    name: str
    queued: int = 0
    running: int = 0
    waiting: int = 0
    parked: int = 0
    oldest: datetime | None = None
    holds_steps: bool = False

    @property
    def open(self) -> int:
        return self.queued + self.running + self.waiting

    @property
    def held(self) -> int:
        return self.queued + self.waiting if self.holds_steps else 0

    @property
    def due_later(self) -> int:
        """Those that wait until they are tried again, and are not held."""
        return 0 if self.holds_steps else self.waiting


Kind = TypeVar("Kind", bound=Backlog)


def backlogs(kind: type[Kind], destinations: Iterable[Destination] | None = None) -> dict[str, Kind]:
    """Every destination that is on, and any that still has steps; by name, which is its queue's, too.

    Who has read the rows of all destinations already gives them along.
    """
    found = {name: kind(name) for name in settings.ENABLED_STEPS}
    steps = Step.objects.filter(LIVE).order_by().values("name", "state")
    rows = steps.annotate(count=Count("pk"), first=Min("order_id"))
    came_in = dict(Order.objects.filter(pk__in={row["first"] for row in rows}).values_list("pk", "created_at"))
    for row in rows:
        name = destination_of(row["name"])
        one = found.setdefault(name, kind(name))
        setattr(one, row["state"], getattr(one, row["state"]) + row["count"])
        if row["state"] != Step.State.PARKED:
            one.oldest = min(filter(None, (one.oldest, came_in.get(row["first"]))), default=None)
    for destination in Destination.objects.filter(name__in=found) if destinations is None else destinations:
        if destination.name in found:
            found[destination.name].holds_steps = destination.holds_steps
    return found


def age(since: datetime | None, now: datetime | None = None) -> str | None:
    """ "12 s", "5 min", "3 h", "2 days"; None for None. By the database's clock, unless `now` is given."""
    if since is None:
        return None
    seconds = max(0, int(((now or clock.now()) - since).total_seconds()))
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
