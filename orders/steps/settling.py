"""An order is settled when all its steps are done."""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from orders.models import Order, Step


def settle(order_id: int) -> bool:
    """Makes an order `processed` if it is received and all its steps are done; True if this call did it.

    The last step to be done does so itself (`orders.steps.claims.finish`); this is for whoever makes up for it.
    """
    undone = Step.objects.filter(order=OuterRef("pk")).exclude(state=Step.State.DONE)
    received = Order.objects.filter(~Exists(undone), pk=order_id, status=Order.Status.RECEIVED)
    return bool(received.update(status=Order.Status.PROCESSED, settled_at=timezone.now()))
