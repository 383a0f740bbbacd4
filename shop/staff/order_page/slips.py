"""The print jobs of an order, read once for all that its page tells of them."""

from orders.models import Order
from printing.models import PrintJob


def slips(order: Order) -> list[PrintJob]:
    """The newest first, each with its printer. Kept with this order: its page asks four times."""
    kept: dict[str, list[PrintJob]] = order.__dict__
    if "_desk_slips" not in kept:
        kept["_desk_slips"] = list(PrintJob.objects.filter(order=order).select_related("printer"))
        for job in kept["_desk_slips"]:
            job.order = order
    return kept["_desk_slips"]


def asked_about(order: Order) -> list[PrintJob]:
    """Those of which nobody knows whether they were printed."""
    return [job for job in slips(order) if job.state == PrintJob.State.UNKNOWN]
