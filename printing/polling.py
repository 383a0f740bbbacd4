"""Asks the printers how they are and what became of their jobs. When a printer is well, waiting slips go on."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from orders.database.clock import from_now
from orders.models import Step
from orders.steps import StepError, bring_forward, warn
from printing import STEP
from printing.models import Printer, PrintJob
from printing.printers.backend import Backend, JobStatus, Status
from printing.printers.schemes import backend

log = logging.getLogger(__name__)

State = PrintJob.State
JOBS_A_ROUND = 100
RELEASED_A_ROUND = 20  # A printer that takes one job at a time would refuse most of a crowd.


def poll_due_printers() -> None:
    """One round. Any number of workers may call this at once: one of them polls a printer, once an interval."""
    for printer in Printer.objects.filter(active=True):
        if _take_turn(printer):
            poll(printer)


def _take_turn(printer: Printer) -> bool:
    """Notes that the printer is polled now; False if it was polled a moment ago.

    This is one conditional update, so of several workers one gets True. An interval counts as over a bit early, since
    the workers' ticks do not come evenly: else a tick that comes a little too soon would skip a whole round.
    """
    over = from_now(-settings.PRINTER.poll * 0.8)
    due = Printer.objects.filter(Q(polled_at__isnull=True) | Q(polled_at__lte=over), pk=printer.pk)
    return bool(due.update(polled_at=from_now()))


def poll(printer: Printer) -> None:
    """Records what became of the printer's jobs, and its own state; if it takes jobs, waiting slips go on.

    The jobs are asked for first. When a printer is restarted in the middle of a job, its queue says "completed" of the
    job and "lost the job's history" of the printer. Were the printer asked first, that answer could be from before.
    """
    queue = backend(printer.url)
    try:
        jobs = _ask_for_jobs(printer, queue)
        status = queue.status()
    except StepError as error:
        jobs, status = {}, Status("offline", [error.reason], blocked=True)
    for job, job_status in jobs.items():
        _record_job(job, *_next_state(job_status, lost_history=status.lost_history))
    _record_printer(printer, status)
    if not status.blocked:
        release(printer)


def _ask_for_jobs(printer: Printer, queue: Backend) -> dict[PrintJob, JobStatus]:
    """What became of the oldest jobs that the printer has accepted."""
    accepted = list(printer.jobs.filter(state=State.ACCEPTED).select_related("order").order_by("id")[:JOBS_A_ROUND])
    found = queue.jobs([job.job_id for job in accepted]) if accepted else {}
    return {job: found[job.job_id] for job in accepted}


def _next_state(status: JobStatus, *, lost_history: bool) -> tuple[State, str]:
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
    printer.state, printer.blocked = status.state, status.blocked
    printer.reasons = "\n".join(status.reasons)
    printer.oldest_job_at = oldest.accepted_at if oldest else None
    fields = ["state", "blocked", "reasons", "oldest_job_at"]
    if status.lost_history:
        printer.check_paper = True  # It stays so until a person has checked.
        fields.append("check_paper")
    printer.save(update_fields=fields)
    if before != (printer.state, printer.blocked):
        log.info("printer %s: %s %s", printer, status.state, " ".join(status.reasons))


def release(printer: Printer) -> None:
    """Makes steps due whose slips wait for this printer, some at a time."""
    waiting = Step.objects.filter(
        name=STEP,
        due_at__gt=from_now(timedelta(seconds=1)),
        order__print_jobs__printer=printer,
        order__print_jobs__state=State.CLAIMED,
    )
    bring_forward(waiting, at_most=RELEASED_A_ROUND)
