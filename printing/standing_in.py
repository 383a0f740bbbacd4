"""One printer stands in for another: because a person said so, for what waits there now and comes until it is well.

What certainly was not printed goes over as it is. What lies at the printer is asked back first. Where the printer had
begun, a new copy goes over that is marked REPRINT. Of what nobody knows whether it was printed nothing is moved: a
person is asked first.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from orders.database import rows
from orders.database.clock import from_now
from orders.models import Deed, Order
from orders.steps import StepError, bring_forward, run_again
from printing import STEP
from printing.models import Printer, PrintJob
from printing.polling import RELEASED_A_ROUND, waits_for
from printing.printers.backend import Withdrawal
from printing.reach import reach, refuse_in_copy

log = logging.getLogger(__name__)

State = PrintJob.State
MOST_AT_ONCE = 200  # slips
SECONDS = 10.0  # Then no further slip is asked back: a person waits.
AS_NEW = {"state": State.CLAIMED, "job_id": "", "reason": "", "accepted_at": None, "finished_at": None}


@dataclass
class Moved:
    """How many slips went over, how many of these as a second copy, how many stayed, and what the printer said."""

    moved: int = 0
    copies: int = 0
    stayed: int = 0
    why: str = ""


def stand_in_for(printer: Printer, printers: Iterable[Printer]) -> Printer | None:
    """Who would take its slips now: its fallback if that is well, else a printer that is, with the same paper."""
    well = [one for one in printers if one.pk != printer.pk and one.active and not one.blocked]
    fallback = next((one for one in well if one.pk == printer.fallback_id), None)
    same = [one for one in well if one.paper == printer.paper]
    return fallback or min(same, key=lambda one: (not one.takes_slips, one.name), default=None)


def waiting(printer: Printer) -> list[PrintJob]:
    """The oldest slips that wait there and can go elsewhere, MOST_AT_ONCE at most."""
    found = PrintJob.objects.filter(printer=printer, state__in=[State.CLAIMED, State.ACCEPTED])
    found = found.exclude(order__status=Order.Status.CANCELLED).select_related("order", "printer").order_by("pk")
    return list(found[:MOST_AT_ONCE])


def use_instead(printer: Printer, other: Printer, *, by: str) -> Moved:
    """Sends its slips to `other`. Raises ValueError if that one is not well, or is the printer itself.

    Raises NotYet in a copy of another desk's database: what lies at its printers is that desk's.
    """
    refuse_in_copy()
    if other.pk == printer.pk or other.blocked or not other.active:
        raise ValueError(f"{other} takes nothing now: nothing was moved.")
    jobs = waiting(printer)
    if printer.blocked or not printer.active:
        Printer.objects.filter(pk=printer.pk).update(stand_in=other)
    told = Moved()
    end = time.monotonic() + SECONDS
    for job in jobs:
        if job.state == State.ACCEPTED and (told.why or time.monotonic() > end):
            told.stayed += 1
        else:
            _note(told, _move, job, other, by)
    Deed.remember(Deed.What.MOVED, [printer], by=by, detail=f"{told.moved} → {other}; stayed: {told.stayed}")
    bring_forward(waits_for(other), at_most=RELEASED_A_ROUND)  # Polls of the other make the rest due.
    log.info("%s stands in for %s: %s", other, printer, told)
    return told


def _note(told: Moved, move: Callable[[PrintJob, Printer, str], Withdrawal], job: PrintJob, *to: object) -> None:
    try:
        answer = move(job, *to)  # type: ignore[arg-type]
    except StepError as error:
        told.stayed, told.why = told.stayed + 1, error.reason
        return
    told.moved += answer != Withdrawal.TOO_LATE
    told.copies += answer == Withdrawal.PERHAPS
    told.stayed += answer == Withdrawal.TOO_LATE


def _move(job: PrintJob, other: Printer, by: str) -> Withdrawal:
    """Raises a StepError if the printer can't be asked."""
    answer = Withdrawal.NOT_PRINTED
    before = {"state": State.CLAIMED, "printer": job.printer, "job_id": job.job_id}
    if job.state == State.ACCEPTED:
        answer = reach(job.printer).withdraw(job.job_id, job.name)
        before["state"] = State.ACCEPTED
    if answer == Withdrawal.TOO_LATE:
        return answer
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=job.order_id)
        act = _copied if answer == Withdrawal.PERHAPS else _as_it_is
        # A poll may have come between: to it the job was cancelled by somebody.
        befores = [before, before | {"state": State.FAILED}] if job.state == State.ACCEPTED else [before]
        gone = any(act(job, one, other, by) for one in befores)
    return answer if gone else Withdrawal.TOO_LATE


def _as_it_is(job: PrintJob, before: dict[str, object], other: Printer, by: str) -> bool:
    origin = job.printer
    if not rows.change(job, before, AS_NEW | {"printer": other}):
        return False
    if before["job_id"]:
        run_again(job.order_id, STEP)
    Deed.remember(Deed.What.MOVED, [job], by=by, detail=f"{origin} → {other}")
    return True


def _copied(job: PrintJob, before: dict[str, object], other: Printer, by: str) -> bool:
    """The former one ends; its paper may lie there, so the one that comes instead is marked REPRINT."""
    reason = f"It was asked back when {job.printer} may have begun it. A new copy went to {other}."
    later = PrintJob.objects.filter(order_id=job.order_id, revision=job.revision, copy__gt=job.copy)
    ended = {"state": State.FAILED, "reason": reason, "finished_at": from_now()}
    if later.exists() or not rows.change(job, before, ended):
        return False
    facts = {"order_id": job.order_id, "revision": job.revision, "copy": job.copy + 1}
    copy = PrintJob.objects.create(**facts, printer=other, requested_by=by[:150])
    run_again(job.order_id, STEP)
    Deed.remember(Deed.What.MOVED, [copy], by=by, detail=f"{job.printer} → {other}, as a second copy")
    return True
