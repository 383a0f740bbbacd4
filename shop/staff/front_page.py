"""What staff want to see first: how much came in today, and what does not move."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q

from orders.database import clock
from orders.messaging.periodic import SWEEP, Condition
from orders.models import Destination, Order, Step
from orders.steps.destinations import destination_of
from shop.staff.cards import cards, listed

# Each part is written as the condition of a partial index is: else PostgreSQL would not use the index.
LIVE = Q(state__in=[Step.State.QUEUED, Step.State.WAITING]) | Q(state=Step.State.RUNNING) | Q(state=Step.State.PARKED)


@dataclass
class Traffic:
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
    def lists(self) -> dict[str, str]:
        """The addresses of the lists behind the numbers."""
        return {
            "on_the_way": listed("step", to=self.name, flow="way"),
            "held_or_waiting": listed("step", to=self.name, flow="held"),
            "parked": listed("step", to=self.name, state__exact="parked"),
        }

    @property
    def on_the_way(self) -> int:
        return self.running + (0 if self.holds_steps else self.queued)

    @property
    def held_or_waiting(self) -> int:
        """Held steps, and those that wait until they are tried again."""
        return self.waiting + (self.queued if self.holds_steps else 0)


def traffic() -> dict[str, Traffic]:
    """Every destination that is on, and any that still has steps; by name."""
    found = {name: Traffic(name) for name in settings.ENABLED_STEPS}
    steps = Step.objects.filter(LIVE).order_by().values("name", "state")
    rows = steps.annotate(count=Count("pk"), first=Min("order_id"))
    came_in = dict(Order.objects.filter(pk__in={row["first"] for row in rows}).values_list("pk", "created_at"))
    for row in rows:
        name = destination_of(row["name"])
        one = found.setdefault(name, Traffic(name))
        setattr(one, row["state"], getattr(one, row["state"]) + row["count"])
        if row["state"] != Step.State.PARKED:
            one.oldest = min(filter(None, (one.oldest, came_in.get(row["first"]))), default=None)
    for destination in Destination.objects.filter(name__in=found):
        found[destination.name].holds_steps = destination.holds_steps
    return found


def overview(context: dict[str, Any]) -> dict[str, Any]:
    """The numbers of the admin's first page, for the user who looks at it."""
    lines = traffic()
    destinations = Destination.objects.select_related("probe").in_bulk(list(lines))
    open_steps = sum(line.on_the_way + line.held_or_waiting for line in lines.values())
    return {
        "cards": list(cards(context["request"].user, open_steps, sum(line.parked for line in lines.values()))),
        "may_manage": context["request"].user.has_perm("orders.view_destination"),
        "sweeper": Condition.of(SWEEP),
        "destinations": [(destinations.get(name, Destination(name=name)), line) for name, line in lines.items()],
    }


def age(since: datetime | None) -> str | None:
    """ "12 s", "5 min", "3 h", "2 days"; None for None."""
    if since is None:
        return None
    seconds = max(0, int((clock.now() - since).total_seconds()))
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
