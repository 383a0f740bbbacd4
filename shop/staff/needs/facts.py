"""What is read once, to find what needs a person: the front page shows the same rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from orders.database import clock
from orders.database.clock import from_now
from orders.messaging.periodic import SWEEP, Condition
from orders.models import Destination, Round, Step, Worker
from printing import STEP, list_answers
from printing.models import ListJob, Printer, PrintJob
from shop.staff import queue_figures
from shop.staff.to_do import Tally, ToDo, to_do
from shop.staff.traffic import Traffic, traffic

State = PrintJob.State
MOST_REASONS = 30  # of parked steps
MOST_LISTS = 10  # pick lists that did not come out
RECENT = 2000  # print jobs: so many are looked through for each printer's last slip
OF_A_ROUND = ("started_at", "worker", "error", "clock_error")  # What the sweeper is judged by.
LATE = timedelta(minutes=1)  # A worker is seen every few seconds.
GONE = timedelta(hours=1)


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
    printers: list[Any]  # of `at_printers`
    workers: list[Worker]
    sweep: Condition
    to_do: ToDo
    queues: queue_figures.Figures = field(default_factory=queue_figures.Figures)
    missing_lists: list[ListJob] = field(default_factory=list)

    def waiting(self, printer: Printer) -> Tally:
        """The slips that wait there."""
        return self.to_do.slips.get(printer.pk, Tally())

    def late(self, worker: Worker) -> bool:
        """One that lies ahead was written before the database's clock was set back."""
        return abs(self.now - worker.seen_at) > LATE

    def is_missing(self, worker: Worker) -> bool:
        """Late; but not for ever, if one that was started since does its work: then nobody expects it back."""
        alive = (one for one in self.workers if not self.late(one))
        return self.late(worker) and not (self.now - worker.seen_at > GONE and worker.is_replaced(alive))

    def ago(self, since: datetime | None) -> timedelta | None:
        return None if since is None else max(self.now - since, timedelta(0))


def read_facts() -> Facts:
    """Some eight statements, however much there is."""
    rows = {row.name: row for row in Destination.objects.select_related("probe")}
    lines = traffic(rows.values())
    printers = list(at_printers())
    workers, sweep = workers_and_sweep()
    return Facts(
        now=printers[0].now if printers else clock.now(),
        destinations={name: rows.get(name, Destination(name=name)) for name in lines},
        traffic=lines,
        parked=parked_reasons() if any(line.parked for line in lines.values()) else [],
        printers=printers,
        workers=workers,
        sweep=sweep,
        to_do=to_do(),
        queues=queue_figures.figures(),
        missing_lists=list(list_answers.missing()[:MOST_LISTS]),
    )


def workers_and_sweep() -> tuple[list[Worker], Condition]:
    """One statement, but where there is no worker: its rows have the sweeper's round beside them."""
    last = Round.objects.filter(pk=SWEEP)
    beside = {f"sweep_{name}": Subquery(last.values(name)) for name in OF_A_ROUND}
    found: list[Any] = list(Worker.objects.annotate(now=from_now(), **beside))
    if not found:
        return [], Condition.of(SWEEP)
    told: Any = Round(pk=SWEEP, **{name: getattr(found[0], f"sweep_{name}") for name in OF_A_ROUND})
    told.now = found[0].now
    return found, Condition.judged(SWEEP, told)


def at_printers() -> Iterable[Any]:
    """The printers, each with its last slip, and the time `now`."""
    jobs = PrintJob.objects.order_by("-pk")
    last = jobs.filter(printer=OuterRef("pk"), accepted_at__isnull=False)
    recent = last.filter(pk__gt=Subquery(jobs.values_list(F("pk") - RECENT)[:1]))
    last_slip = Subquery(recent.values("accepted_at")[:1])
    found: Iterable[Any] = Printer.objects.annotate(last_slip=last_slip, now=from_now())
    return found


def parked_reasons() -> list[Reason]:
    """The most frequent ones."""
    asked = Q(name=STEP, order__in=PrintJob.objects.filter(state=State.UNKNOWN).values("order"))
    rows = Step.objects.filter(state=Step.State.PARKED).order_by().values(step=F("name"), why=F("reason"))
    counted = rows.annotate(count=Count("pk"), asked=Count("pk", filter=asked)).order_by("-count", "step", "why")
    return [Reason(row["step"], row["why"], row["count"], row["asked"]) for row in counted[:MOST_REASONS]]
