"""Prints every slip once: sends it, and looks for it when nobody knows whether it was printed.

Only the worker that moved a row from `claimed` to `sending` sends it, and it commits that before the first byte
leaves. What certainly was not printed goes back to `claimed`. When an answer is lost, or a worker died while sending,
the next attempt looks for the job by its name at the printer first. If it is not there, it is sent again only where
the printer's memory can be trusted. Everywhere else a person is asked: "is it there?"
"""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings

from orders.database import clock, rows
from orders.database.clock import from_now
from orders.models import Order
from orders.steps import Claim, ClaimLost, Done, NotYet, Permanent, StepError, Temporary, UnknownOutcome
from printing import reach
from printing.choosing import give_printer, is_silent
from printing.documents.paper import SHEETS
from printing.documents.slip import render
from printing.models import ListJob, Printer, PrintJob
from printing.printers.backend import Busy
from printing.reprints import next_copy

State = PrintJob.State
# A job is missing only if it is missing twice, so many seconds apart: the printer may still be working on a request
# whose answer was lost.
LOOK_AGAIN = 2.0


def print_slip(claim: Claim) -> Done:
    """The effect of the step `printing`: hands the order's latest copy to its printer, once."""
    # Before the first attempt there is no job. Should there be one after all, `send` finds it.
    job = PrintJob(order=claim.order) if claim.step.attempts == 1 else current_job(claim.order)
    if job.state in (State.SENDING, State.UNKNOWN):
        look_for(job)
    try:
        warning = send(job, claim.assure) if job.state == State.CLAIMED else ""
    except ClaimLost:
        _not_sent(job, claim)
        raise
    # A printer gives a number. The spool folder gives the name of a file, which needs no more words.
    reference = f"job {job.job_id} at {job.printer}" if job.job_id.isdecimal() else job.job_id
    return Done(reference=reference, answer=job.get_state_display(), warning=warning)


def current_job(order: Order) -> PrintJob:
    """The latest copy, or a new job. If the latest copy failed, a person has sent the step again: it is a new copy."""
    job = PrintJob.objects.filter(order=order).select_related("printer").order_by("-revision", "-copy").first()
    if job is None:
        return PrintJob(order=order)
    if job.state == State.FAILED:
        job = next_copy(job, requested_by=job.requested_by)
    job.order = order
    return job


def send(job: PrintJob, assure: Callable[[], None]) -> str:
    """Sends a new job, or a claimed one; it is `accepted` then. Returns what staff should know about the slip.

    `assure` is called before the first byte. Only a claimed step sends: whoever took the job meanwhile has the claim.

    Raises NotYet (and the job is claimed as before), UnknownOutcome (and it is `unknown`), Permanent (and it failed),
    ClaimLost (nothing was sent).
    """
    give_printer(job)
    if job.printer.blocked and is_silent(job.printer):
        if not job.pk:
            rows.insert_new(job)  # `polling.release` finds it when the printer is well.
        raise _wait_for(job.printer)
    slip = render(job.order, revision=job.revision, copy=job.copy, paper=job.printer.paper)
    if job.pk:
        ours = rows.change(job, {"state": State.CLAIMED}, {"state": State.SENDING, "sent_at": from_now()})
    else:
        job.state, job.sent_at = State.SENDING, from_now()
        ours = rows.insert_new(job)
    if not ours:
        raise NotYet("Another worker is sending it.", retry_after=settings.STEP_TIME_LIMIT)
    try:
        queue = reach.backend(job.printer.url + job.printer.folder_id)  # The claim has asked.
        job_id = queue.send(job.name, slip.content, assure, SHEETS[job.printer.paper].media)
    except (NotYet, UnknownOutcome, Permanent) as error:
        _record_failure(job, error)
        raise
    accepted = {"state": State.ACCEPTED, "job_id": job_id, "accepted_at": from_now(), "reason": ""}
    if not rows.change(job, {"state": State.SENDING}, accepted):
        raise _ask_a_person(job)  # Somebody else has changed the row, and may have printed it too.
    return " ".join(slip.warnings)


def _record_failure(job: PrintJob, error: StepError) -> None:
    """NotYet: certainly not printed, it will be sent again. UnknownOutcome: it may be printed. Permanent: it failed."""
    sending, reason = {"state": State.SENDING}, error.reason[:500]
    if isinstance(error, Temporary):
        note_trouble(job.printer, error)
        error.of_one = True
    if isinstance(error, NotYet):
        rows.change(job, sending, {"state": State.CLAIMED, "reason": reason})
    elif isinstance(error, Permanent):
        rows.change(job, sending, {"state": State.FAILED, "reason": reason, "finished_at": from_now()})
    else:
        rows.change(job, sending, {"state": State.UNKNOWN, "reason": reason})


def _not_sent(job: PrintJob, claim: Claim) -> None:
    """Claimed as before, so that whoever has the step now need ask nobody.

    A job that was sent after our lease is another worker's: nobody else could claim the step before. So is one that was
    sent before we began: the database's clock was set back.
    """
    began = claim.step.started_at or job.created_at
    of_our_time = {"sent_at__gte": began, "sent_at__lt": began + settings.STEP_LEASE}
    ours = PrintJob.objects.filter(pk=job.pk, state=State.SENDING, **of_our_time)
    ours.update(state=State.CLAIMED, reason="A worker had lost its claim before it sent anything.")


def note_trouble(printer: Printer, error: StepError) -> None:
    """Blocks the printer until it is polled again: the next slips go to its fallback, if it has one, or wait."""
    if not isinstance(error, Busy):
        Printer.objects.filter(pk=printer.pk).update(state="trouble", blocked=True, reasons=error.reason)
        printer.blocked = True


def _wait_for(printer: Printer) -> NotYet:
    reason = " ".join(printer.reasons.splitlines())
    return NotYet(f"The slip waits until {printer} is well; it was not asked again. {reason}", code=printer.state)


def look_for(job: PrintJob | ListJob) -> None:
    """Finds out what became of a job that was sent: `accepted` if the printer knows it, else `claimed` again.

    Raises NotYet while a worker may still be sending it or the printer can't be asked, Permanent if only a person can
    tell.
    """
    if job.job_id:
        raise _ask_a_person(job)
    if job.state == State.SENDING:
        _wait_for_its_sender(job)
    if job.printer.blocked and is_silent(job.printer):
        raise _wait_for(job.printer)
    found = _find_twice(job)
    before = {"state": job.state}
    if found:
        accepted = {"state": State.ACCEPTED, "job_id": found, "accepted_at": from_now(), "reason": ""}
        if not rows.change(job, before, accepted):
            raise _ask_a_person(job)
    elif job.printer.keeps_history:
        again = {"state": State.CLAIMED, "reason": "The printer does not know it: it is sent again."}
        rows.change(job, before, again)
    else:
        unknown = {"state": State.UNKNOWN, "reason": "The printer does not know it, but it may have forgotten."}
        rows.change(job, before, unknown)
        raise _ask_a_person(job)


def _wait_for_its_sender(job: PrintJob | ListJob) -> None:
    """Raises NotYet until the worker that sends it has been killed for taking too long.

    Sent ahead of now, before the database's clock was set back: from now on it has the whole time once more.
    """
    left = (job.sent_at or job.created_at) + settings.STEP_TIME_LIMIT - clock.now()
    if left > settings.STEP_TIME_LIMIT + clock.MARGIN:
        rows.change(job, {"state": State.SENDING}, {"sent_at": from_now()})
        left = settings.STEP_TIME_LIMIT
    if left > timedelta(0):
        raise NotYet("It may still be being sent.", retry_after=left)


def _find_twice(job: PrintJob | ListJob) -> str | None:
    try:
        queue = reach.reach(job.printer)
        found = queue.find(job.name)
        if not found:
            time.sleep(LOOK_AGAIN)
            found = queue.find(job.name)
    except Permanent as error:  # It never tells.
        rows.change(job, {"state": job.state}, {"state": State.UNKNOWN, "reason": error.reason[:500]})
        raise _ask_a_person(job) from error
    except (NotYet, UnknownOutcome) as error:  # It did not answer: a look prints nothing.
        note_trouble(job.printer, error)
        raise NotYet(error.reason, code=error.code, answer=error.answer) from error
    return found


def _ask_a_person(job: PrintJob | ListJob) -> Permanent:
    where = f"at {job.printer}" + (f" ({job.printer.station})" if job.printer.station else "")
    return Permanent(
        f"Nobody knows whether the slip was printed {where}.",
        next_action=f"Look whether it is there, and answer with the buttons on this page: print job {job.name}.",
    )
