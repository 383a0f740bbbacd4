"""How destinations, printers and workers are: the tables of the front page, a line each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orders.models import Destination, Worker
from orders.steps.backlog import age
from orders.steps.instance import told
from shop.staff.needs import Action, Facts
from shop.staff.needs.destinations import clock_time, next_try
from shop.staff.needs.posting import on_row
from shop.staff.needs.printers import slips_at
from shop.staff.queue_figures import Queue
from shop.staff.traffic import Traffic

UNKNOWN = "–"


@dataclass(frozen=True)
class State:
    """A sign, a word and a colour; `why` says more."""

    word: str
    colour: str = "good"
    why: str = ""

    @property
    def sign(self) -> str:
        return {"good": "✓", "warn": "‖", "bad": "!", "quiet": "–"}[self.colour]


@dataclass(frozen=True)
class DestinationLine:
    destination: Destination
    line: Traffic
    states: list[State]
    oldest: str
    queue: str
    action: Action

    @property
    def last_success(self) -> datetime | None:
        return self.destination.last_success_at


def destinations(facts: Facts) -> Iterator[DestinationLine]:
    for name, line in facts.traffic.items():
        row = facts.destinations[name]
        action = on_row("Resume", "resume", row) if row.paused else on_row("Pause", "pause", row)
        oldest = age(line.oldest, facts.now) or UNKNOWN
        queue = figures(facts.queues.queues.get(name))
        yield DestinationLine(row, line, [*states(facts, row)] or [State("ok")], oldest, queue, action)


def states(facts: Facts, row: Destination) -> Iterator[State]:
    """All of them may hold it: the mark of a copy, a pause, and its circuit breaker."""
    if told(facts.to_do.mark):
        yield State("held", "warn", "the database is a copy")
    if row.paused:
        since = f", {clock_time(row.paused_at)}" if row.paused_at else ""
        why = f" “{row.pause_reason}”" if row.pause_reason else ""
        yield State("paused", "warn", f"{row.paused_by or 'staff'}{since}{why}")
    if row.open_until:
        yield State("breaker open", "warn", next_try(facts, row))


def figures(queue: Queue | None) -> str:
    """ "0/2/8": messages ready, with a consumer, and consumers."""
    told = (queue.ready, queue.unacknowledged, queue.consumers) if queue else (None, None, None)
    return UNKNOWN if not queue else "/".join(UNKNOWN if one is None else str(one) for one in told)


@dataclass(frozen=True)
class PrinterLine:
    printer: Any  # of `at_printers`
    state: State
    waiting: int
    url: str
    last_slip: datetime | None


def printers(facts: Facts) -> Iterator[PrinterLine]:
    for printer in facts.printers:
        waiting = facts.waiting(printer).count
        yield PrinterLine(printer, printer_state(printer), waiting, slips_at(printer), printer.last_slip)


def printer_state(printer: Any) -> State:
    why = " ".join(printer.reasons.splitlines())
    if not printer.active:
        return State("switched off here", "quiet")
    if printer.check_paper:
        return State("check paper", "bad", why)
    if printer.blocked:
        words = {"stopped", "offline", "trouble"}
        return State(printer.state if printer.state in words else "blocked", "bad", why)
    late = "" if printer.is_folder else printer.waiting_since
    return State(printer.state, "warn" if late else "good", late or why)


@dataclass(frozen=True)
class WorkerLine:
    worker: Worker
    state: State
    ago: str


def workers(facts: Facts) -> Iterator[WorkerLine]:
    for worker in facts.workers:
        ago = age(worker.seen_at, facts.now) or UNKNOWN
        yield WorkerLine(worker, worker_state(facts, worker), ago)


def worker_state(facts: Facts, worker: Worker) -> State:
    if facts.is_missing(worker):
        return State("not seen", "bad")
    return State("gone", "quiet", "one that was started since does its work") if facts.late(worker) else State("ok")
