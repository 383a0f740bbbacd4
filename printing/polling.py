"""Asks the printers how they are and what became of their jobs. When a printer is well, waiting slips go on."""

import logging
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db.models import F, Q, QuerySet

from orders.database.clock import beyond, from_now
from orders.database.outage import AWAY
from orders.models import Step
from orders.steps import StepError, bring_forward, warn
from printing import STEP
from printing.models import Printer, PrintJob
from printing.printers.backend import JobStatus, Status
from printing.reach import refuse_in_copy, way_to

log = logging.getLogger(__name__)

State = PrintJob.State
ROUND_SECONDS = 8.0
AT_ONCE = 32  # threads
JOBS_A_ROUND = 100
RELEASED_A_ROUND = 20  # A printer that takes one job at a time would refuse most of a crowd.


@dataclass(frozen=True)
class Answer:
    """What a printer said of its jobs and of itself."""

    jobs: dict[PrintJob, JobStatus]
    status: Status


def poll_due_printers() -> None:
    """One round. Any number of workers may call this at once: one of them polls a printer, once an interval.

    Printers are asked beside each other, in threads that talk to printers alone; what they say is recorded here, as it
    comes. Who has not answered when the round is over counts as silent, and is asked again in the next one.
    """
    end = time.monotonic() + min(ROUND_SECONDS, settings.STEP_TIME_LIMIT.total_seconds() / 2)
    due = Printer.objects.filter(active=True).order_by(F("polled_at").asc(nulls_first=True))
    waiting = (printer for printer in list(due) if _take_turn(printer))
    asked: dict[Future[Answer], Printer] = {}
    while True:
        for printer in islice(waiting, AT_ONCE - len(asked)):
            if answer := _ask_beside(printer):
                asked[answer] = printer
            else:
                _record_anything(printer, SILENT)
        if not asked or (left := end - time.monotonic()) <= 0:
            break
        for answer in wait(asked, left, return_when=FIRST_COMPLETED).done:
            _record_anything(asked.pop(answer), answer.result())
    for printer in asked.values():
        _record_anything(printer, SILENT)


SILENT = Answer({}, Status("offline", ["It does not answer: is it switched on and connected?"], blocked=True))
_still_asked: dict[int, Future[Answer]] = {}  # by printer: a thread can't be stopped, so there is one a printer at most


def _ask_beside(printer: Printer) -> Future[Answer] | None:
    """Asks in a thread of its own; None if the thread of an earlier round still waits for this printer."""
    earlier = _still_asked.get(printer.pk)
    if earlier and not earlier.done():
        return None
    accepted = _accepted_jobs(printer)
    answer: Future[Answer] = Future()

    # A daemon: unlike an executor's, it does not keep a process that ends waiting for a dead network share.
    asks = threading.Thread(target=lambda: answer.set_result(_ask(printer, accepted)), daemon=True)
    asks.start()
    _still_asked[printer.pk] = answer
    return answer


def _take_turn(printer: Printer) -> bool:
    """Notes that the printer is polled now; False if it was polled a moment ago.

    This is one conditional update, so of several workers one gets True. An interval counts as over a bit early, since
    the workers' ticks do not come evenly: else a tick that comes a little too soon would skip a whole round.
    """
    over = from_now(-settings.PRINTER.poll * 0.8)
    time_has_come = Q(polled_at__isnull=True) | Q(polled_at__lte=over) | Q(polled_at__gt=beyond())
    return bool(Printer.objects.filter(time_has_come, pk=printer.pk).update(polled_at=from_now()))


def poll(printer: Printer) -> None:
    """Records how printer and jobs are; if it takes jobs, waiting slips go on. Raises NotYet in a copy."""
    refuse_in_copy()
    _record(printer, _ask(printer, _accepted_jobs(printer)))


def _accepted_jobs(printer: Printer) -> list[PrintJob]:
    """The oldest jobs that the printer has accepted."""
    return list(printer.jobs.filter(state=State.ACCEPTED).select_related("order").order_by("id")[:JOBS_A_ROUND])


def _ask(printer: Printer, accepted: list[PrintJob]) -> Answer:
    """Talks to the printer and not to the database. Raises nothing, since one printer must not end a round for all.

    The jobs are asked for first. When a printer is restarted in the middle of a job, its queue says "completed" of the
    job and "lost the job's history" of the printer. Were the printer asked first, that answer could be from before.
    """
    try:
        queue = way_to(printer)
        found = queue.jobs({job.name: job.job_id for job in accepted}) if accepted else {}
        status = queue.status()
    except StepError as error:
        return Answer({}, Status("offline", [error.reason], blocked=True))
    except Exception as error:
        return _own_fault(printer, error)
    return Answer({job: found[job.name] for job in accepted if job.name in found}, status)


def _own_fault(printer: Printer, error: Exception) -> Answer:
    log.error("printer %s: a fault in the desk itself", printer, exc_info=error)
    reason = f"The desk can't work with its answer ({type(error).__name__}); the worker's log has the details."
    return Answer({}, Status("offline", [reason], blocked=True))


def _record_anything(printer: Printer, answer: Answer) -> None:
    """`_record`; an answer that can't be recorded (a text with a NUL) blocks its printer and ends no round."""
    try:
        _record(printer, answer)
    except AWAY:
        raise
    except Exception as error:
        _record(printer, _own_fault(printer, error))


def _record(printer: Printer, answer: Answer) -> None:
    jobs, status = answer.jobs, answer.status
    ended = [job for job, fate in jobs.items() if fate.done or fate.failed or fate.forgotten]
    for job, job_status in jobs.items():
        _record_job(job, *next_state(job_status, lost_history=status.lost_history))
    if ended:
        with suppress(StepError):
            way_to(printer).forget([job.job_id for job in ended])
    _record_printer(printer, status)
    if not status.blocked:
        release(printer)


def next_state(status: JobStatus, *, lost_history: bool) -> tuple[State, str]:
    """The state that an accepted job gets, and why."""
    if status.done and lost_history:
        return State.UNKNOWN, "The queue says it is printed, but the printer lost its history: check the paper."
    if status.done:
        return State.DONE, status.reason
    if status.failed:
        return State.FAILED, status.reason
    if status.forgotten:
        return State.UNKNOWN, status.reason
    return State.ACCEPTED, status.reason


def _record_job(job: PrintJob, state: State, reason: str) -> None:
    """Records it unless nothing is new. If the paper did not come out, or may not have, staff see it at the step."""
    if (state, reason) == (job.state, job.reason):
        return
    finished = from_now() if state in (State.DONE, State.FAILED) else None
    accepted = PrintJob.objects.filter(pk=job.pk, state=State.ACCEPTED)
    changed = accepted.update(state=state, reason=reason[:500], finished_at=finished)
    if changed and state in (State.FAILED, State.UNKNOWN):
        log.warning("print job %s: %s", job, reason)
        warn(job.order_id, STEP, f"Print job {job.name}: {reason}")


def _record_printer(printer: Printer, status: Status) -> None:
    oldest = printer.jobs.filter(state=State.ACCEPTED).order_by("accepted_at").first()
    before = (printer.state, printer.blocked)
    told = {"state": status.state, "blocked": status.blocked, "reasons": "\n".join(status.reasons)}
    told["oldest_job_at"] = oldest.accepted_at if oldest else None
    told |= {"check_paper": True} if status.lost_history else {}  # It stays so until a person has checked.
    told |= {} if status.blocked else {"stand_in": None}
    for name, value in told.items():
        setattr(printer, name, value)
    # Unlike `save`, this minds nothing if staff have deleted the printer meanwhile.
    Printer.objects.filter(pk=printer.pk).update(**told)
    if before != (printer.state, printer.blocked):
        log.info("printer %s: %s %s", printer, status.state, " ".join(status.reasons))


def release(printer: Printer) -> None:
    """Makes steps due whose slips wait for this printer, some at a time."""
    bring_forward(waits_for(printer), at_most=RELEASED_A_ROUND)


def waits_for(printer: Printer) -> QuerySet[Step]:
    """The steps that are tried later, and whose slips are to go to this printer."""
    at_it = {"order__print_jobs__printer": printer, "order__print_jobs__state": State.CLAIMED}
    return Step.objects.filter(name=STEP, due_at__gt=from_now(timedelta(seconds=1)), **at_it)
