"""An order is settled once all its steps are done: `settled_at` says when, whatever its status is by then.

If it was still `received` it is `processed` now; one that was packed, shipped or cancelled meanwhile stays that. A step
that came with its shipping (`mail_shipped`) does not count: the order was on its way before.

The last step to be done settles its order in the statement that records it (`claims_sql`, `claims_orm`). The sweeper
makes up for steps that somebody marked as done by hand.
"""

import math
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When

from orders import telling
from orders.database.clock import beyond, from_now
from orders.models import Event, Order, Step
from orders.step_names import ON_SHIPPING

# The sweeper looks at so many open orders at a time: a few hundredths of a second.
ORDERS_A_LOOK = 2000

# For the statement that records a step as done. The order's row is locked first: of two last steps that end at the same
# moment the second waits for the first one's commit, and sees it.
LOCK_SQL = f"SELECT 1 FROM {Order._meta.db_table} WHERE id = %s FOR NO KEY UPDATE"  # noqa: S608
# Its values: the time, the number of events (1, or 0 if nobody is told), the order's id twice, the step's id. What came
# of a cancelled order is told by its cancellation.
SETTLE_SQL = f"""
    UPDATE {Order._meta.db_table}
    SET settled_at = %s, updated_at = STATEMENT_TIMESTAMP(),
        status = CASE status WHEN 'received' THEN 'processed' ELSE status END,
        last_seq = last_seq + CASE status WHEN 'cancelled' THEN 0 ELSE %s END
    WHERE id = %s AND settled_at IS NULL AND EXISTS (SELECT 1 FROM recorded)
      AND NOT EXISTS (SELECT 1 FROM {Step._meta.db_table} WHERE order_id = %s AND id <> %s AND state <> 'done'
                      AND right(name, {len(ON_SHIPPING)}) <> '{ON_SHIPPING}')
    RETURNING id, last_seq, status
"""  # noqa: S608
SETTLED_SQL = "settled WHERE status <> 'cancelled'"  # Those of them that other programs are told of.


def _that_count(steps: QuerySet[Step]) -> QuerySet[Step]:
    return steps.exclude(name__endswith=ON_SHIPPING)


@transaction.atomic
def settle(order_id: int) -> bool:
    """Settles an order if all its steps are done, and nobody has settled it yet; True if this call did it."""
    undone = _that_count(Step.objects.filter(order=OuterRef("pk"))).exclude(state=Step.State.DONE)
    unsettled = Order.objects.filter(~Exists(undone), pk=order_id, settled_at=None)
    status = Case(When(status=Order.Status.RECEIVED, then=Value(Order.Status.PROCESSED)), default=F("status"))
    settled = bool(unsettled.update(settled_at=from_now(), updated_at=from_now(), status=status))
    if settled and Order.objects.filter(pk=order_id).exclude(status=Order.Status.CANCELLED).exists():
        telling.tell([(order_id, Event.Type.PROCESSED, "")])
    return settled


def settle_complete(limit: int = 200) -> None:
    """Settles up to `limit` orders that are complete but still unsettled after the grace time.

    Cancelled ones are not looked for: most have steps that were stopped, and would be looked at for ever. Where more
    than ORDERS_A_LOOK orders are open it looks at a random slice of them, so that each round costs the same however
    long the backlog is.
    """
    unsettled = Order.objects.filter(settled_at=None).exclude(status=Order.Status.CANCELLED).order_by("id")
    slices = math.ceil(unsettled.count() / ORDERS_A_LOOK)
    start = ORDERS_A_LOOK * secrets.randbelow(slices) if slices else 0
    ids = list(unsettled.values_list("pk", flat=True)[start : start + ORDERS_A_LOOK])
    if not ids:
        return
    steps = _that_count(Step.objects.filter(order=OuterRef("pk"))).order_by()
    unfinished = steps.exclude(state=Step.State.DONE)
    recent = steps.filter(finished_at__gt=from_now(-settings.STEP_GRACE), finished_at__lt=beyond())
    # A range of ids and scalar subqueries leave PostgreSQL one plan: an index look-up for each of these orders. With
    # EXISTS, or with the ids as a subquery, it may choose a sequential scan of all steps.
    complete = (
        unsettled.filter(pk__gte=ids[0], pk__lte=ids[-1])
        .alias(unfinished=Subquery(unfinished.values("pk")[:1]), recent=Subquery(recent.values("pk")[:1]))
        .filter(unfinished=None, recent=None)
    )
    for order_id in complete.values_list("pk", flat=True)[:limit]:
        settle(order_id)
