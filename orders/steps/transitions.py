"""Every change of a step's state. (Its twin in SQL, for taking a step and recording its result: `claims_sql`.)

    queued ──claim──> running ──> done
       ^                 ├──────> parked    (a person must look)
       └──sweeper── waiting <────┘          (again at due_at)

Each is a conditional update: who finds the step in another state changes nothing.
"""

import logging

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from orders.models import Order, Step

log = logging.getLogger(__name__)

State = Step.State
# A step that starts afresh: due at once, with a new schedule, and nothing left of why it did not work.
AFRESH = {"state": State.QUEUED, "failures": 0, "reason": "", "next_action": ""}


def resend(steps: QuerySet[Step], *, by: str) -> int:
    """Sends parked and waiting steps of live orders again, at once and with a fresh schedule; returns how many.

    Done steps are left alone: what has happened must not happen twice.
    """
    again = resendable(steps).update(due_at=timezone.now(), **AFRESH)
    log.info("%d steps sent again by %s", again, by)
    return again


def resendable(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Those of `steps` that `resend` would send."""
    return Step.objects.filter(pk__in=steps.order_by().values("pk"), state__in=[State.PARKED, State.WAITING]).exclude(
        ~Q(name__in=settings.CANCEL_STEPS), order__status=Order.Status.CANCELLED
    )


def run_again(order_id: int, name: str) -> None:
    """Runs a step once more although it may be done: there is something new for it to do (a reprint)."""
    ended = [State.DONE, State.PARKED, State.WAITING]
    Step.objects.filter(order_id=order_id, name=name, state__in=ended).update(due_at=timezone.now(), **AFRESH)


def bring_forward(steps: QuerySet[Step], *, at_most: int) -> int:
    """What waiting `steps` waited for has come: the first of them are due now. Returns how many."""
    now = timezone.now()
    due = steps.filter(state=State.WAITING).order_by("due_at").values_list("pk", flat=True)[:at_most]
    return Step.objects.filter(pk__in=list(due), state=State.WAITING).update(due_at=now)


def warn(order_id: int, name: str, warning: str) -> None:
    """The step is done, but staff should know this: on its row, where they look for an order."""
    Step.objects.filter(order_id=order_id, name=name).update(warning=warning[:500])


def done_by_hand(steps: QuerySet[Step], *, by: str) -> int:
    """Marks parked steps as done: a person has seen to them at the destination. Returns how many.

    The order is settled by the sweeper if nothing else is open.
    """
    done = Step.objects.filter(pk__in=steps.order_by().values("pk"), state=State.PARKED).update(
        state=State.DONE, finished_at=timezone.now(), reference=f"by hand, {by}"[:200], reason="", next_action=""
    )
    log.info("%d steps marked as done by %s", done, by)
    return done
