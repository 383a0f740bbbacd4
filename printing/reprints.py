"""What people ask for: a slip once more, and an answer to "is it there?"."""

from django.db import transaction
from django.db.models import Max

from orders.database import rows
from orders.database.clock import from_now
from orders.models import Deed, Order
from orders.steps import run_again
from printing import STEP
from printing.choosing import choose_printer
from printing.models import PrintJob

State = PrintJob.State


@transaction.atomic
def reprint(job: PrintJob, *, requested_by: str) -> PrintJob:
    """Makes one more copy, marked REPRINT. Raises ValueError if the last copy may still come out by itself."""
    order = Order.objects.select_for_update().get(pk=job.order_id)
    if order.status == Order.Status.CANCELLED:
        raise ValueError(f"{order} is cancelled: it is not printed again.")
    last = PrintJob.objects.filter(order_id=job.order_id).order_by("-revision", "-copy").first() or job
    if last.state not in (State.ACCEPTED, State.DONE, State.FAILED):
        raise ValueError(f"{last} is still {last.get_state_display()}: there is nothing to print again yet.")
    copy = next_copy(last, requested_by=requested_by)
    run_again(copy.order_id, STEP)
    Deed.remember(Deed.What.REPRINTED, [copy], by=requested_by, detail=f"It goes to {copy.printer}.")
    return copy


@transaction.atomic
def answer(job: PrintJob, *, there: bool, answered_by: str) -> PrintJob:
    """Records what a person found who looked for an `unknown` job. If it is not there, a new copy is printed.

    The new copy is marked REPRINT, in case the first turns up after all. A cancelled order gets none. Raises ValueError
    if the question was answered before.
    """
    state, reason = (State.DONE, "A person found it.") if there else (State.FAILED, "A person did not find it.")
    after = {"state": state, "reason": reason, "answered_by": answered_by[:150], "finished_at": from_now()}
    if not rows.change(job, {"state": State.UNKNOWN}, after):
        raise ValueError(f"{job} is {job.get_state_display()}: the question was answered already.")
    Deed.remember(Deed.What.FOUND if there else Deed.What.NOT_FOUND, [job], by=answered_by)
    if Order.objects.filter(pk=job.order_id, status=Order.Status.CANCELLED).exists():
        return job
    latest = job if there else next_copy(job, requested_by=answered_by)
    run_again(latest.order_id, STEP)
    return latest


def next_copy(job: PrintJob, *, requested_by: str) -> PrintJob:
    """A new row for the same slip; the order's step sends it."""
    copies = PrintJob.objects.filter(order_id=job.order_id, revision=job.revision)
    number = copies.aggregate(last=Max("copy"))["last"] + 1
    facts = {
        "order_id": job.order_id,
        "revision": job.revision,
        "printer": job.printer if job.printer.active else choose_printer(job.order),
        "requested_by": requested_by[:150],
    }
    return copies.get_or_create(copy=number, defaults=facts)[0]
