"""What an order counts in the shop's own figures.

It is counted in the very transaction that marks its step done, once per order, whichever of marketing's steps is first.
"""

from django.utils import timezone

from integrations.models import Purchase
from integrations.pseudonym import pseudonym
from orders.models import Order


def purchase_of(order: Order) -> Purchase:
    """A new row, on the day in the shop's time zone. One is kept of each order: the first."""
    return Purchase(
        order=order,
        day=timezone.localdate(order.created_at),
        customer=pseudonym(order),
        revenue=order.amount,
        currency=order.currency,
        pieces=sum(line.quantity for line in order.lines.all()),
    )
