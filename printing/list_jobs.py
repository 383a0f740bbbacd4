"""Prints pick lists as slips are printed: from a row, once. Not as a step: docs/decisions/0015-pick-lists-printed.md.

`ask_for` writes the row; the workers' periodic look at the printers (`go_on`) finds it, whichever worker it is. Who
moves it from `claimed` to `sending` sends it. One that was left `sending` is looked for at its printer by its name, as
slips are (`jobs.look_for`).
"""

import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from orders.database import rows
from orders.database.clock import beyond, from_now
from orders.database.outage import AWAY
from orders.models import Deed, Destination, PickList, PickListEntry
from orders.models.pick_list import TO_PICK
from orders.steps import ClaimLost, NotYet, StepError, UnknownOutcome
from printing import STEP, list_fates
from printing.choosing import give_printer, is_silent, takers_by_orm
from printing.documents import pick_list as paper
from printing.documents.paper import SHEETS
from printing.jobs import look_for, note_trouble
from printing.models import ListJob, Printer, PrintJob
from printing.printers.backend import Busy, Withdrawal
from printing.reach import reach

log = logging.getLogger(__name__)

State = PrintJob.State
A_ROUND = 20  # lists
NOTHING_LEFT = "Nothing is left to pick of it."


@transaction.atomic
def ask_for(pick_list_id: int, printer: Printer, *, by: str) -> ListJob:
    """One more copy, sent within a round. Raises ValueError if the last one is not out yet, or nothing is left."""
    this = PickList.objects.select_for_update().get(pk=pick_list_id)
    last = ListJob.objects.filter(pick_list=this).order_by("-copy").first()
    if last and last.state in (State.CLAIMED, State.SENDING):
        raise ValueError(f"{last} is still {last.get_state_display()}: there is nothing to print again yet.")
    if not left(this).exists():
        raise ValueError(NOTHING_LEFT)
    copy = last.copy + 1 if last else 1
    job = ListJob.objects.create(
        pick_list=this, copy=copy, printer=printer, requested_by=by[:150], created_at=from_now()
    )
    Deed.remember(Deed.What.LIST_PRINTED, [this], by=by, detail=f"copy {copy} at {printer}")
    return job


def printers_for_lists() -> list[Printer]:
    """Those that are well first, then those that print sheets (on labels a list would be long) and take new slips."""
    active = Printer.objects.filter(active=True).order_by("-takes_slips", "name")
    found = list(active) or takers_by_orm(settings.PRINTER.url)
    return sorted(found, key=lambda printer: (printer.blocked, SHEETS[printer.paper].label))


def left(this: PickList) -> QuerySet[PickListEntry]:
    """What is still to pick of a list that nobody ended."""
    found = this.entries.filter(order__status__in=TO_PICK).order_by("box")
    return found.none() if this.ended_at else found


def go_on() -> None:
    """One round: sends what is to be sent, and finds out what became of the rest. Raises nothing for a printer."""
    list_fates.find_out()
    stale = from_now(-settings.STEP_TIME_LIMIT)
    time_is_up = Q(sent_at__lt=stale) | Q(sent_at__gt=beyond())
    for job in ListJob.objects.filter(time_is_up, state=State.SENDING).select_related("printer", "pick_list"):
        _try(job)
    if Destination.objects.filter(name=STEP, paused=True).exists():
        return
    claimed = ListJob.objects.filter(state=State.CLAIMED).select_related("printer", "pick_list").order_by("pk")
    for job in claimed[:A_ROUND]:
        _try(job)


def _try(job: ListJob) -> None:
    try:
        look_for(job) if job.state == State.SENDING else send(job)
    except AWAY:
        raise
    except StepError as error:
        log.warning("pick list %s: %s", job, error.reason)
    except Exception as error:  # One list must not keep the others from their paper.
        log.exception("pick list %s can't be printed", job)
        reason = f"The desk can't print it ({type(error).__name__}); the worker's log has the details."
        _end(job, State.FAILED, reason)


def send(job: ListJob) -> None:
    """Raises NotYet (it stays `claimed`), UnknownOutcome (it is looked for later), Permanent (it failed)."""
    give_printer(job)
    if job.printer.blocked and is_silent(job.printer):
        return
    entries = list(left(job.pick_list).select_related("order").prefetch_related("order__lines__product"))
    if not entries:
        _end(job, State.FAILED, NOTHING_LEFT)
        return
    drawn = draw(job.pick_list, entries, paper_name=job.printer.paper, copy=job.copy)
    before = {"state": State.CLAIMED, "tries": job.tries}
    if not rows.change(job, before, {"state": State.SENDING, "tries": job.tries + 1, "sent_at": from_now()}):
        return  # Another worker sends it.
    try:
        job_id = _hand_over(job, drawn.content)
    except StepError as error:
        _record_failure(job, error)
        raise
    accepted = {"state": State.ACCEPTED, "job_id": job_id, "accepted_at": from_now(), "reason": ""}
    rows.change(job, {"state": State.SENDING, "tries": job.tries}, accepted)


def draw(this: PickList, entries: list[PickListEntry], *, paper_name: str, copy: int = 1) -> paper.Slip:
    """What is left to pick, in the boxes that it has had from the start. Raises as `pick_list.render`."""
    letters = "".join(entry.letter for entry in entries)
    heading = paper.Heading(this.number, this.created_at, copy)
    return paper.render([entry.order for entry in entries], paper=paper_name, heading=heading, letters=letters)


def draw_anew(job: ListJob) -> None:
    """Takes a list back that waits in a spool folder, and has it drawn with what its orders say by then.

    In the caller's transaction: workers see it after the commit. One that was taken, or is at a printer, stays as it
    is. Raises StepError.
    """
    accepted = {"state": State.ACCEPTED, "job_id": job.job_id}
    if not job.printer.is_folder or not rows.change(
        job, accepted, {"state": State.CLAIMED, "job_id": "", "tries": job.tries + 1}
    ):
        return
    became = Withdrawal.TOO_LATE
    try:
        became = reach(job.printer).withdraw(accepted["job_id"], job.name)
    finally:
        if became != Withdrawal.NOT_PRINTED:
            rows.change(job, {"state": State.CLAIMED}, accepted)


def _hand_over(job: ListJob, document: bytes) -> str:
    def assure() -> None:
        recent = {"sent_at__gt": from_now(-settings.STEP_TIME_LIMIT), "tries": job.tries, "state": State.SENDING}
        if not ListJob.objects.filter(pk=job.pk, **recent).exists():
            raise ClaimLost

    return reach(job.printer).send(job.name, document, assure, SHEETS[job.printer.paper].media)


def _record_failure(job: ListJob, error: StepError) -> None:
    """What may be printed stays `sending`: it is looked for at the printer when its time is up."""
    if isinstance(error, NotYet | UnknownOutcome) and not isinstance(error, Busy):
        note_trouble(job.printer, error)
    sending = {"state": State.SENDING, "tries": job.tries}
    if isinstance(error, NotYet):
        rows.change(job, sending, {"state": State.CLAIMED, "reason": error.reason[:500]})
    elif isinstance(error, UnknownOutcome):
        rows.change(job, sending, {"state": State.SENDING, "reason": error.reason[:500]})
    elif not isinstance(error, ClaimLost):
        _end(job, State.FAILED, error.reason)


def _end(job: ListJob, state: State, reason: str) -> None:
    rows.change(job, {"state": job.state}, {"state": state, "reason": reason[:500], "finished_at": from_now()})
