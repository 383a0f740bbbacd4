"""Prints every slip once: who may send it, and what to do when nobody knows whether it was printed.

Only the worker that moved a row from `claimed` to `sending` sends it, and it commits that before the first byte
leaves. What certainly was not printed is claimed again. When an answer is lost, or a worker died while sending, the
job is looked up by its name at the printer first; if it is not there, it is sent again only where the printer's
memory can be trusted. Everywhere else a person is asked: "is it there?"
"""

import logging
import time
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from orders.database import prepared as statements
from orders.database import rows
from orders.models import Order
from orders.steps import Claim, Done, NotYet, Permanent, UnknownOutcome, run_again
from printing.documents.slip import render
from printing.models import Printer, PrintJob
from printing.printers.backend import Busy
from printing.printers.schemes import backend

log = logging.getLogger(__name__)

State = PrintJob.State
STEP = "printing"
# Seconds between two look-ups that must both find nothing: a request whose answer was lost may still be in the
# printer's hands.
LOOK_AGAIN = 2.0


def print_slip(claim: Claim) -> Done:
    """The effect of the step `printing`: the order's latest copy, handed to its printer once."""
    # A step that nobody ever took has no job yet; if there is one against all expectation, `_begin` finds it.
    job = new_job(claim.order) if claim.step.attempts == 1 else current_job(claim.order)
    if job.state in (State.SENDING, State.UNKNOWN):
        look_for(job)
    warning = ""
    if job.state == State.CLAIMED:
        warning = send(job)
    return Done(reference=job.reference, answer=job.get_state_display(), warning=warning)


def new_job(order: Order) -> PrintJob:
    """The first copy. Its row is saved when it is sent."""
    return PrintJob(order=order, printer=choose_printer(order))


def current_job(order: Order) -> PrintJob:
    """The latest copy, or the first one. After a failure it is a new one: a person has sent the step again."""
    job = PrintJob.objects.filter(order=order).select_related("printer").order_by("-revision", "-copy").first()
    if job is None:
        return new_job(order)
    if job.state == State.FAILED:
        job = next_copy(job, requested_by=job.requested_by)
    job.order = order
    return job


def choose_printer(order: Order) -> Printer:
    """New slips are shared out among the printers that take them; without any, SHOP_PRINTER_URL's takes all."""
    known = _known_printers(settings.PRINTER.url)
    printers = [printer for printer in known if printer.active and printer.takes_slips]
    if printers:
        return printers[order.pk % len(printers)]
    return known[0] if known else configured_printer()


def _known_printers(url: str) -> list[Printer]:
    """Those that take slips, and the configured one, for when there is no other. Asked for every slip."""
    if connection.vendor != "postgresql":
        return list(Printer.objects.filter(Q(active=True, takes_slips=True) | Q(url=url)).order_by("name"))
    with connection.cursor() as cursor:
        statements.execute(cursor, _known_printers_sql(), [url])
        return [rows.instance(Printer, row) for row in cursor.fetchall()]


@lru_cache
def _known_printers_sql() -> str:
    return f"""
        SELECT {rows.columns(Printer, "p")} FROM {Printer._meta.db_table} p
        WHERE p.active AND p.takes_slips OR p.url = %s ORDER BY p.name
    """  # noqa: S608


def configured_printer() -> Printer:
    """The printer of SHOP_PRINTER_URL, as a row from its first use on."""
    url = settings.PRINTER.url
    if known := Printer.objects.filter(url=url).first():
        return known
    spooled = url.startswith("spool:")
    facts = {
        "name": "Spool folder" if spooled else "Printer",
        "paper": settings.PRINTER.paper,
        "keeps_history": spooled or settings.PRINTER.keeps_history,
        "takes_slips": False,
    }
    if Printer.objects.filter(name=facts["name"]).exclude(url=url).exists():
        facts["name"] = url[:60]
    return Printer.objects.get_or_create(url=url, defaults=facts)[0]


def send(job: PrintJob) -> str:
    """Sends a claimed or new job; it is `accepted` then. Returns what staff should know about the slip.

    Raises NotYet (and the job is claimed as before), UnknownOutcome (and it is `unknown`), Permanent (and it failed).
    """
    _prefer_fallback(job)
    slip = render(job.order, revision=job.revision, copy=job.copy, paper=job.printer.paper)
    if not _begin(job):
        raise NotYet("Another worker is sending it.", retry_after=settings.STEP_TIME_LIMIT)
    try:
        job_id = backend(job.printer.url).send(job.name, slip.content)
    except NotYet as error:
        _move(job, State.SENDING, State.CLAIMED, reason=error.reason[:500])
        if not isinstance(error, Busy):
            _note_trouble(job.printer, error.reason)
        raise
    except Permanent as error:
        _move(job, State.SENDING, State.FAILED, reason=error.reason[:500], finished_at=timezone.now())
        raise
    except UnknownOutcome as error:
        _move(job, State.SENDING, State.UNKNOWN, reason=error.reason[:500])
        raise
    _accept(job, State.SENDING, job_id)
    return " ".join(slip.warnings)


def look_for(job: PrintJob) -> None:
    """Finds out what became of a job that was sent: `accepted` if the printer knows it, else `claimed` again.

    Raises NotYet while it may still be being sent or the printer can't be asked, Permanent if only a person can tell.
    """
    if job.job_id:
        raise _ask_a_person(job)
    if job.state == State.SENDING:
        _wait_for_its_sender(job)
    found = _find_twice(job)
    if found:
        _accept(job, job.state, found)
    elif job.printer.keeps_history:
        _move(job, job.state, State.CLAIMED, reason="The printer does not know it: it is sent again.")
    else:
        _move(job, job.state, State.UNKNOWN, reason="The printer does not know it, but it may have forgotten.")
        raise _ask_a_person(job)


def _wait_for_its_sender(job: PrintJob) -> None:
    """A worker may take STEP_TIME_LIMIT before it is killed: only then is nobody sending any more."""
    over = (job.sent_at or job.created_at) + settings.STEP_TIME_LIMIT
    left = over - timezone.now()
    if left > timedelta(0):
        raise NotYet("It may still be being sent.", retry_after=left)


def _find_twice(job: PrintJob) -> str | None:
    try:
        queue = backend(job.printer.url)
        found = queue.find(job.name)
        if not found:
            time.sleep(LOOK_AGAIN)
            found = queue.find(job.name)
    except UnknownOutcome as error:  # Looking harms nothing.
        raise NotYet(error.reason, code=error.code, answer=error.answer) from error
    return found


def _ask_a_person(job: PrintJob) -> Permanent:
    where = f"at {job.printer}" + (f" ({job.printer.station})" if job.printer.station else "")
    return Permanent(
        f"Nobody knows whether the slip was printed {where}.",
        next_action=f"Look whether it is there, and answer that at print job {job.name}.",
    )


def _prefer_fallback(job: PrintJob) -> None:
    """While its printer is in trouble, a job that was not sent anywhere yet goes to the fallback."""
    if job.printer.usable:
        return
    other = job.printer.fallback
    if other is None or not other.usable:
        return
    if job.pk is None:
        job.printer = other
    elif not _move(job, State.CLAIMED, State.CLAIMED, printer=other):
        return
    log.info("print job %s goes to %s instead", job, other)


def _begin(job: PrintJob) -> bool:
    """Puts on record that it is sent now; False if that is not ours to do: another worker sends it."""
    if job.pk is None:
        job.state, job.sent_at = State.SENDING, timezone.now()
        return rows.insert_new(job)
    return _move(job, State.CLAIMED, State.SENDING, sent_at=timezone.now())


def _note_trouble(printer: Printer, reason: str) -> None:
    """Until it is polled again the next slips know: they go to the fallback, if there is one."""
    Printer.objects.filter(pk=printer.pk).update(state="trouble", holding=True, reasons=reason)
    printer.holding = True


def _accept(job: PrintJob, before: str, job_id: str) -> None:
    """Raises Permanent if the row is not ours any more: then somebody else may have printed it too."""
    if not _move(job, before, State.ACCEPTED, job_id=job_id, accepted_at=timezone.now(), reason=""):
        raise _ask_a_person(job)


def _move(job: PrintJob, before: str, after: str, **changes: object) -> bool:
    """Moves the row on, if it is still where we believe it to be; False if not."""
    if not rows.change(PrintJob, job.pk, {"state": before}, {"state": after, **changes}):
        return False
    for name, value in {"state": after, **changes}.items():
        setattr(job, name, value)
    return True


# --- What people ask for --------------------------------------------------------------------------
@transaction.atomic
def reprint(job: PrintJob, *, requested_by: str) -> PrintJob:
    """One more copy, marked REPRINT. Raises ValueError while the last one may still come by itself."""
    order = Order.objects.select_for_update().get(pk=job.order_id)
    if order.status == Order.Status.CANCELLED:
        raise ValueError(f"{order} is cancelled: it is not printed again.")
    last = PrintJob.objects.filter(order_id=job.order_id).order_by("-revision", "-copy").first() or job
    if last.state not in (State.ACCEPTED, State.DONE, State.FAILED):
        raise ValueError(f"{last} is still {last.get_state_display()}: there is nothing to print again yet.")
    copy = next_copy(last, requested_by=requested_by)
    run_again(copy.order_id, STEP)
    return copy


@transaction.atomic
def answer(job: PrintJob, *, there: bool, answered_by: str) -> PrintJob:
    """A person has looked for the paper of an `unknown` job. If it is not there, a new copy is printed.

    The new one is marked REPRINT, in case the first turns up after all. Raises ValueError if it was answered before.
    """
    state, reason = (State.DONE, "A person found it.") if there else (State.FAILED, "A person did not find it.")
    if not _move(job, State.UNKNOWN, state, reason=reason, answered_by=answered_by[:150], finished_at=timezone.now()):
        raise ValueError(f"{job} is {job.get_state_display()}: the question was answered already.")
    cancelled = Order.objects.filter(pk=job.order_id, status=Order.Status.CANCELLED).exists()
    latest = job if there or cancelled else next_copy(job, requested_by=answered_by)
    if not cancelled:
        run_again(latest.order_id, STEP)
    return latest


def next_copy(job: PrintJob, *, requested_by: str) -> PrintJob:
    """A new row for the same slip, to be sent by the order's step."""
    copies = PrintJob.objects.filter(order_id=job.order_id, revision=job.revision)
    number = copies.aggregate(last=Max("copy"))["last"] + 1
    printer = job.printer if job.printer.active else choose_printer(job.order)
    copy, _ = copies.get_or_create(
        copy=number,
        defaults={
            "order_id": job.order_id,
            "revision": job.revision,
            "printer": printer,
            "requested_by": requested_by[:150],
        },
    )
    return copy
