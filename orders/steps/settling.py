"""An order is settled once all its steps are done.

The last step to be done settles its order in the statement that records it (`claims_sql`, `claims_orm`). The sweeper
makes up for steps that somebody marked as done by hand.
"""

import math
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from orders import telling
from orders.database.clock import from_now
from orders.models import Event, Order, Step

# The sweeper looks at so many open orders at a time: a few hundredths of a second.
ORDERS_A_LOOK = 2000

# For the statement that records a step as done. The order's row is locked first: of two last steps that end at the same
# moment the second waits for the first one's commit, and sees it.
LOCK_SQL = f"SELECT 1 FROM {Order._meta.db_table} WHERE id = %s FOR NO KEY UPDATE"  # noqa: S608
# Its values: the time, the number of events (1, or 0 if nobody is told), the order's id twice, the step's id.
SETTLE_SQL = f"""
    UPDATE {Order._meta.db_table} SET status = 'processed', settled_at = %s, last_seq = last_seq + %s
    WHERE id = %s AND status = 'received' AND EXISTS (SELECT 1 FROM recorded)
      AND NOT EXISTS (SELECT 1 FROM {Step._meta.db_table} WHERE order_id = %s AND id <> %s AND state <> 'done')
    RETURNING id, last_seq
"""  # noqa: S608


@transaction.atomic
def settle(order_id: int) -> bool:
    """Makes an order `processed` if it is received and all its steps are done; True if this call did it."""
    undone = Step.objects.filter(order=OuterRef("pk")).exclude(state=Step.State.DONE)
    received = Order.objects.filter(~Exists(undone), pk=order_id, status=Order.Status.RECEIVED)
    settled = bool(received.update(status=Order.Status.PROCESSED, settled_at=from_now()))
    if settled:
        telling.tell([(order_id, Event.Type.PROCESSED, "")])
    return settled


def settle_complete(limit: int = 200) -> None:
    """Settles up to `limit` orders that are complete but still `received` after the grace time.

    Where more than ORDERS_A_LOOK orders are open it looks at a random slice of them, so that each round costs the same
    however long the backlog is.
    """
    received = Order.objects.filter(status=Order.Status.RECEIVED).order_by("id")
    slices = math.ceil(received.count() / ORDERS_A_LOOK)
    start = ORDERS_A_LOOK * secrets.randbelow(slices) if slices else 0
    ids = list(received.values_list("pk", flat=True)[start : start + ORDERS_A_LOOK])
    if not ids:
        return
    steps = Step.objects.filter(order=OuterRef("pk")).order_by()
    unfinished = steps.exclude(state=Step.State.DONE)
    recent = steps.filter(finished_at__gt=from_now(-settings.STEP_GRACE))
    # A range of ids and scalar subqueries leave PostgreSQL one plan: an index look-up for each of these orders. With
    # EXISTS, or with the ids as a subquery, it may choose a sequential scan of all steps.
    complete = (
        received.filter(pk__gte=ids[0], pk__lte=ids[-1])
        .alias(unfinished=Subquery(unfinished.values("pk")[:1]), recent=Subquery(recent.values("pk")[:1]))
        .filter(unfinished=None, recent=None)
    )
    for order_id in complete.values_list("pk", flat=True)[:limit]:
        settle(order_id)
