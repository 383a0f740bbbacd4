"""One look at all queues: broker, management API, workers and rows side by side, and what is odd about them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from orders.database import clock, outage
from orders.events import history
from orders.messaging import looking, management
from orders.messaging.looking import BrokerAway, Seen
from orders.messaging.management import NotTold, Told
from orders.messaging.queues import LOST_TO_OTHERS
from orders.steps.backlog import Backlog, backlogs
from shop.operations.queues import others

QUIET, WARNINGS, AWAY = 0, 1, 2  # exit codes
ANSWERS, MORE_PATIENCE = 1.0, 4.0  # seconds for workers to say what they consume; again if some seem to be missing


@dataclass(frozen=True)
class Line:
    """A queue; None for what nobody knows. `workers`: those of the desk that consume it."""

    queue: str
    type: str | None
    ready: int | None
    unacknowledged: int | None
    consumers: int | None
    workers: int | None
    open: int | None
    held: int | None
    waiting: int | None
    parked: int | None
    oldest: datetime | None


@dataclass
class View:
    """The queues at a moment. `broker`: "rabbitmq", "embedded", or why it does not answer; the next two likewise.

    `events_refused`: `history.MOST_COUNTED` at most; None if the database does not answer.
    """

    at: datetime
    broker: str = ""
    database: str = "ok"
    management: str = "SHOP_BROKER_MANAGEMENT_URL is not set"
    away: bool = False
    events_refused: int | None = None
    queues: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        return AWAY if self.away else WARNINGS if self.warnings else QUIET

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"code": self.code}


def view() -> View:
    """Whatever is away, the rest is shown. The rows are read before and after: they change meanwhile."""
    found = View(timezone.now())
    before = _rows(found)
    seen, workers = _broker(found)
    told = _management(found)
    after = _rows(found) if before else {}
    for name in [*seen, *(name for name in after if name not in seen)]:
        found.queues.append(_line(name, seen.get(name), told.get(name), workers, after.get(name)))
    if found.events_refused:
        found.warnings.append(_refused(found.events_refused))
    if workers is not None:
        most = {name: max(line.open, before.get(name, line).open) for name, line in after.items()}
        found.warnings += _warnings(seen, workers, most)
    return found


def _rows(found: View) -> dict[str, Backlog]:
    """By queue; nothing if the database is away."""
    try:
        found.at = clock.now()
        found.events_refused = history.how_many_refused()
        return backlogs(Backlog)
    except outage.ANY as error:
        connection.close()  # The next look gets another one.
        found.database = " ".join(str(error).split()) or type(error).__name__
        found.warnings.append(f"The database does not answer as it should: {found.database}")
        return {}


def _broker(found: View) -> tuple[Mapping[str, Seen | None], Counter[str] | None]:
    """What the broker has, and who of the desk's workers consumes what; nothing if it is away."""
    try:
        with looking.connection() as broker:
            answered = looking.workers(broker, ANSWERS)
            seen = looking.look(broker)
            if others.of(answered, found.database) or _strangers(seen, _counted(answered)):
                answered |= looking.workers(broker, MORE_PATIENCE)
                seen = looking.look(broker)
    except BrokerAway as error:
        found.broker, found.away = str(error), True
        return dict.fromkeys(settings.STEP_QUEUES.values()), None
    found.broker = "embedded" if settings.BROKER_EMBEDDED else "rabbitmq"
    if strangers := others.of(answered, found.database):
        found.warnings.append(others.told(strangers))
    return seen, _counted({name: queues for name, queues in answered.items() if name not in strangers})


def _counted(workers: Mapping[str, frozenset[str]]) -> Counter[str]:
    return Counter(queue for queues in workers.values() for queue in queues)


def _management(found: View) -> dict[str, Told]:
    if settings.BROKER_EMBEDDED or not settings.BROKER_MANAGEMENT_URL or found.away:
        return {}
    try:
        told = management.ask()
    except NotTold as error:
        found.management = str(error)
        return {}
    found.management = "ok"
    return told


def _line(name: str, seen: Seen | None, told: Told | None, workers: Counter[str] | None, rows: Backlog | None) -> Line:
    return Line(
        queue=name,
        type=(told.type if told else None) or (seen.type if seen else None),
        ready=seen.ready if seen else None,
        unacknowledged=told.unacknowledged if told else None,
        consumers=seen.consumers if seen else None,
        workers=None if workers is None else workers[name],
        open=rows.open if rows else None,
        held=rows.held if rows else None,
        waiting=rows.due_later if rows else None,
        parked=rows.parked if rows else None,
        oldest=rows.oldest if rows else None,
    )


def _strangers(seen: Mapping[str, Seen | None], workers: Counter[str]) -> dict[str, int]:
    """How many consumers of each queue are none of the desk's workers."""
    found = {name: (queue.consumers or 0) - workers[name] for name, queue in seen.items() if queue}
    return {name: count for name, count in found.items() if count > 0}


def _refused(count: int) -> str:
    more = " or more" if count >= history.MOST_COUNTED else ""
    return (
        f"{count}{more} event{' was' if count == 1 else 's were'} refused: a queue bound to orders.events is full, or "
        "was. `manage.py events --refused` shows them; once there is room, `manage.py events resend` sends them again."
    )


def _warnings(seen: Mapping[str, Seen | None], workers: Counter[str], open_steps: Mapping[str, int]) -> list[str]:
    """A sentence for each thing that is odd, with what to do."""
    said = [f"{queue.trouble}." for queue in seen.values() if queue and queue.trouble]
    if missing := [name for name, queue in seen.items() if queue is None]:
        said.append(f"The broker has no queue {', '.join(missing)}: a worker makes it when it starts.")
    if alone := [name for name, queue in seen.items() if queue and not (queue.consumers or workers[name])]:
        said.append(f"Nobody consumes {', '.join(alone)}: is `celery -A shop worker` running?")
    for name, count in _strangers(seen, workers).items():
        of = f"{count} of its consumers {'is' if count == 1 else 'are'} no worker of the desk that answers"
        lost = LOST_TO_OTHERS.get(name, "is lost time until the sweeper notices")
        said.append(f"A stranger consumes {name}: {of}. What it takes {lost}.")
    for name, most in open_steps.items():
        queue = seen.get(name)
        if queue and queue.ready and queue.ready > most:
            said.append(f"{name} holds {queue.ready} messages for {most} open steps: copies, or somebody else's.")
    return said
