"""Asks the printers how they are and what became of their jobs; what waited for a printer goes on by itself."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from orders.models import Step
from orders.steps import StepError, bring_forward, warn
from printing.jobs import STEP
from printing.models import Printer, PrintJob
from printing.printers.backend import Backend, JobStatus, Status
from printing.printers.schemes import backend

log = logging.getLogger(__name__)

State = PrintJob.State
JOBS_A_ROUND = 100
RELEASED_A_ROUND = 20  # A printer that takes one job at a time must not be stormed.


def watch() -> None:
    """One round over the printers that are due. Any number of workers may call it at once."""
    for printer in Printer.objects.filter(active=True):
        if _take_turn(printer):
            poll(printer)


def _take_turn(printer: Printer) -> bool:
    due = timezone.now() - settings.PRINTER.poll * 0.8
    mine = Printer.objects.filter(Q(polled_at__isnull=True) | Q(polled_at__lte=due), pk=printer.pk)
    return bool(mine.update(polled_at=timezone.now()))


def poll(printer: Printer) -> None:
    """Records the printer's state, its jobs' states, and lets waiting slips go on if it takes them.

    Jobs are asked for before the printer's state: a queue says "completed" of a job and "lost the job's history"
    of the printer, and a state from before the job's end would miss the second.
    """
    queue = backend(printer.url)
    try:
        found = _ask_jobs(printer, queue)
        status = queue.status()
    except StepError as error:
        found, status = {}, Status("offline", [error.reason], holding=True)
    for job, became in found.items():
        _record_job(job, became, lost_history=status.lost_history)
    _record(printer, status)
    if not status.holding:
        release(printer)


def _record(printer: Printer, status: Status) -> None:
    oldest = printer.jobs.filter(state=State.ACCEPTED).order_by("accepted_at").first()
    before = (printer.state, printer.holding)
    printer.state, printer.holding = status.state, status.holding
    printer.reasons = "\n".join(status.reasons)
    printer.oldest_job_at = oldest.accepted_at if oldest else None
    fields = ["state", "holding", "reasons", "oldest_job_at"]
    if status.lost_history:
        printer.check_paper = True
        fields.append("check_paper")
    printer.save(update_fields=fields)
    if before != (printer.state, printer.holding):
        log.info("printer %s: %s %s", printer, status.state, " ".join(status.reasons))


def _ask_jobs(printer: Printer, queue: Backend) -> dict[PrintJob, JobStatus]:
    """What became of the jobs that the printer has accepted."""
    accepted = list(printer.jobs.filter(state=State.ACCEPTED).select_related("order").order_by("id")[:JOBS_A_ROUND])
    found = queue.jobs([job.job_id for job in accepted]) if accepted else {}
    return {job: found[job.job_id] for job in accepted}


def _record_job(job: PrintJob, status: JobStatus, *, lost_history: bool) -> None:
    state, reason = State.ACCEPTED, status.reason
    if status.done and lost_history:
        state, reason = (
            State.UNKNOWN,
            "The queue says it is printed, but the printer lost its history: check the paper.",
        )
    elif status.done:
        state = State.DONE
    elif status.failed:
        state = State.FAILED
    elif status.forgotten:
        state = State.UNKNOWN
    if (state, reason) == (job.state, job.reason):
        return
    finished = timezone.now() if state in (State.DONE, State.FAILED) else None
    changed = PrintJob.objects.filter(pk=job.pk, state=State.ACCEPTED).update(
        state=state, reason=reason[:500], finished_at=finished
    )
    if changed and state in (State.FAILED, State.UNKNOWN):
        _warn(job, reason)


def _warn(job: PrintJob, reason: str) -> None:
    """The step is done, but staff should know: on its row, where they look for an order."""
    log.warning("print job %s: %s", job, reason)
    warn(job.order_id, STEP, f"Print job {job.name}: {reason}")


def release(printer: Printer) -> None:
    """Steps that wait because this printer could not take their slip are due now, some at a time."""
    now = timezone.now()
    waiting = Step.objects.filter(
        name=STEP,
        due_at__gt=now + timedelta(seconds=1),
        order__print_jobs__printer=printer,
        order__print_jobs__state=State.CLAIMED,
    )
    bring_forward(waiting, at_most=RELEASED_A_ROUND)
