"""Where else the person's data are, and the desk can't erase them: a sentence each."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q

from orders.models import Attempt, Order, Step
from orders.step_names import destination_of
from shop.operations.person import slips

UNCLEAR = [Attempt.Outcome.UNKNOWN, Attempt.Outcome.LOST]


def of(order: Order) -> Iterator[str]:
    """Of the systems that got this order, or may have."""
    may_have = Attempt.objects.filter(step__order=order, outcome__in=UNCLEAR).values("step")
    for step in order.steps.filter(Q(state=Step.State.DONE) | Q(pk__in=may_have)).order_by("pk"):
        if step.name != "statistics" and destination_of(step.name) != settings.SLIP_STEP:
            doubt = "" if step.state == Step.State.DONE else " (it may have it: an attempt had no answer)"
            yield f"{step.name}: {step.reference or order.number}{doubt}."
    if _has_slip(order):
        yield "Paper: the slip, and what the printer and its server keep of a job."
    for pick_list in slips.lists(order):
        yield f"Paper: {pick_list}, and what the printer and its server keep of it."


def _has_slip(order: Order) -> bool:
    """Also a cancelled order may have been at a printer."""
    done = order.steps.filter(name=settings.SLIP_STEP, state=Step.State.DONE)
    return done.exists() or order.print_jobs.exists()


def always() -> list[str]:
    """Of any order."""
    return [
        "Backups of the database, until they expire.",
        "Logs, and traces where they are on: numbers of orders and of requests, addresses of computers.",
        "Messages that wait in RabbitMQ and were not taken yet.",
        "Files that people have: of this command's export, slips and pick lists that they opened.",
        "Programs that followed the events or placed the orders (shop fronts), in their own books.",
        "The carriers, with the parcels.",
    ]
