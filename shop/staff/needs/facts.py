"""What is read once, to find what needs a person: the front page shows the same rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q

from orders.database import clock
from orders.messaging.periodic import SWEEP, Condition
from orders.models import DeadLetter, Destination, Step, Worker
from printing import STEP
from printing.models import Printer, PrintJob
from shop.staff import queue_figures
from shop.staff.traffic import Traffic, traffic

State = PrintJob.State
WAITING = (State.CLAIMED, State.SENDING, State.ACCEPTED)  # Given to a printer, or about to be; no paper yet.
MOST_REASONS = 30  # of parked steps
LATE = timedelta(minutes=1)  # A worker is seen every few seconds.


@dataclass(frozen=True)
class Waiting:
    """Slips that wait at a printer, and since when the oldest of them."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """Why steps of a name are parked. `asked`: how many of them wait for the answer whether a slip was printed."""

    step: str
    reason: str
    count: int
    asked: int


@dataclass(frozen=True)
class Facts:
    """How things are at `now`, by the database's clock."""

    now: datetime
    destinations: dict[str, Destination]
    traffic: dict[str, Traffic]
    parked: list[Reason]
    printers: list[Printer]
    waiting: dict[int, Waiting]  # by printer
    unknown: Waiting
    workers: list[Worker]
    sweep: Condition
    letters: Waiting
    queues: queue_figures.Figures = field(default_factory=queue_figures.Figures)

    def late(self, worker: Worker) -> bool:
        return self.now - worker.seen_at > LATE

    def ago(self, since: datetime | None) -> timedelta | None:
        return None if since is None else max(self.now - since, timedelta(0))


def read_facts() -> Facts:
    """Some ten statements, however much there is."""
    rows = {row.name: row for row in Destination.objects.select_related("probe")}
    lines = traffic(rows.values())
    jobs = list(open_jobs())
    unknown = [Waiting(job["count"], job["oldest"]) for job in jobs if job["state"] == State.UNKNOWN]
    return Facts(
        now=clock.now(),
        destinations={name: rows.get(name, Destination(name=name)) for name in lines},
        traffic=lines,
        parked=parked_reasons() if any(line.parked for line in lines.values()) else [],
        printers=list(Printer.objects.select_related("fallback")),
        waiting=by_printer(jobs),
        unknown=together(unknown),
        workers=list(Worker.objects.all()),
        sweep=Condition.of(SWEEP),
        letters=dead_letters(),
        queues=queue_figures.figures(),
    )


def dead_letters() -> Waiting:
    """Those that nobody has sent again."""
    letters = DeadLetter.objects.filter(sent_again_at=None)
    return Waiting(**letters.aggregate(count=Count("pk"), oldest=Min("arrived_at")))


def open_jobs() -> Iterable[dict[str, Any]]:
    """How many slips are in which state at which printer, but for those that have ended."""
    found = PrintJob.objects.filter(state__in=[*WAITING, State.UNKNOWN]).order_by()
    counted: Iterable[Any] = found.values("printer", "state").annotate(count=Count("pk"), oldest=Min("created_at"))
    return counted


def by_printer(jobs: Iterable[dict[str, Any]]) -> dict[int, Waiting]:
    found: dict[int, list[Waiting]] = {}
    for job in jobs:
        if job["state"] in WAITING:
            found.setdefault(job["printer"], []).append(Waiting(job["count"], job["oldest"]))
    return {printer: together(some) for printer, some in found.items()}


def together(some: Iterable[Waiting]) -> Waiting:
    rows = list(some)
    return Waiting(sum(row.count for row in rows), min((row.oldest for row in rows if row.oldest), default=None))


def parked_reasons() -> list[Reason]:
    """The most frequent ones."""
    asked = Q(name=STEP, order__in=PrintJob.objects.filter(state=State.UNKNOWN).values("order"))
    rows = Step.objects.filter(state=Step.State.PARKED).order_by().values(step=F("name"), why=F("reason"))
    counted = rows.annotate(count=Count("pk"), asked=Count("pk", filter=asked)).order_by("-count", "step", "why")
    return [Reason(row["step"], row["why"], row["count"], row["asked"]) for row in counted[:MOST_REASONS]]
