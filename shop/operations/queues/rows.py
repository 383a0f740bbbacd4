"""What the rows say about each queue: the truth, whatever messages there are."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min, Q

from orders.models import Destination, Order, Step

# Each part is written as the condition of a partial index is: else PostgreSQL would not use the index.
LIVE = Q(state__in=[Step.State.QUEUED, Step.State.WAITING]) | Q(state=Step.State.RUNNING) | Q(state=Step.State.PARKED)


@dataclass
class Steps:
    """The steps of a queue. `open`: not ended, nor parked; of these, `held` must not run, `waiting` are due later.

    `oldest` is when the order of the oldest open one came in.
    """

    open: int = 0
    held: int = 0
    waiting: int = 0
    parked: int = 0
    oldest: datetime | None = None


def steps() -> dict[str, Steps]:
    """By queue; each that a step of this shop goes to, and those that still have steps."""
    found = {queue: Steps() for queue in settings.STEP_QUEUES.values()}
    held = {destination.name for destination in Destination.objects.all() if destination.holds_steps}
    rows = Step.objects.filter(LIVE).order_by().values("name", "state").annotate(count=Count("pk"), first=Min("order"))
    came_in = dict(Order.objects.filter(pk__in={row["first"] for row in rows}).values_list("pk", "created_at"))
    for row in rows:
        queue = settings.STEP_QUEUES.get(row["name"], row["name"])
        line = found.setdefault(queue, Steps())
        _add(line, row["state"], row["count"], bool({queue, row["name"]} & held))
        if row["state"] != Step.State.PARKED:
            line.oldest = min(filter(None, (line.oldest, came_in.get(row["first"]))), default=None)
    return found


def _add(line: Steps, state: str, count: int, is_held: bool) -> None:
    if state == Step.State.PARKED:
        line.parked += count
        return
    line.open += count
    if is_held and state != Step.State.RUNNING:
        line.held += count
    elif state == Step.State.WAITING:
        line.waiting += count
