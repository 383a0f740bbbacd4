"""Taking a step and giving it back, each in one atomic change of its row.

Who takes a step holds its token until the lease runs out; only the holder may record what became of it. On
PostgreSQL each is a statement of plain SQL: they run for every step of every order, and the ORM needs ten times the
processor time for them (docs/performance.md). The two ways are tested side by side.
"""

import uuid

from django.conf import settings
from django.db import connection
from django.utils import timezone

from orders.database.outage import AWAY
from orders.database.vendor import on_postgresql
from orders.models import Order
from orders.steps import claims_orm, claims_sql, transitions
from orders.steps.claim import Claim

take, finish = (claims_sql.take, claims_sql.finish) if on_postgresql() else (claims_orm.take, claims_orm.finish)


def claim_step(order_id: int, name: str) -> Claim | None:
    """Takes a queued step for this process, or None: it is done, running elsewhere, waiting, held, or cancelled."""
    now = timezone.now()
    lease = (order_id, name, uuid.uuid4(), now, now + settings.STEP_LEASE)
    try:
        claim = take(*lease)
    except AWAY:
        connection.close()  # The connection has gone bad since the last step. If not, the next one says so.
        claim = take(*lease)
    if claim and claim.order.status == Order.Status.CANCELLED and name not in settings.CANCEL_STEPS:
        transitions.give_up(claim.step, claim.token)
        return None
    return claim
