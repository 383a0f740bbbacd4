"""Where else the person's data are, and the desk can't erase them: a sentence each."""

from collections.abc import Iterator

from django.conf import settings

from orders.models import Order, Step
from orders.step_names import destination_of


def of(order: Order) -> Iterator[str]:
    """Of the systems that got this order."""
    for step in order.steps.filter(state=Step.State.DONE).order_by("pk"):
        if destination_of(step.name) == settings.SLIP_STEP:
            yield "Paper: the slip, and what the printer and its server keep of a job."
        elif step.name != "statistics":
            yield f"{step.name}: {step.reference or order.number}."


def always() -> list[str]:
    """Of any order."""
    return [
        "Backups of the database, until they expire.",
        "Programs that followed the events or placed the orders (shop fronts), in their own books.",
        "The carriers, with the parcels.",
    ]
