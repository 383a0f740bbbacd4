"""After the database's clock was set back: steps whose times lie ahead go on now, not when it gets there again.

A row says itself that it is one of those: what it calls past lies ahead. (`due_at` alone can't say it of a waiting
step: a server may ask for a day's patience.) What is written by the clock as it is now is left alone.

- A waiting step is tried now. How much of its delay was over, nobody knows.
- A queued one is due a grace time ahead at most: it is published again. A second message finds it claimed or done.
- A running one's worker may be alive. So its claim gets a new lease, which is over as any other is: by then its worker
  has come to its time limit, or asks (`Claim.assure`) and sends nothing. Nobody else has the step before.
"""

import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from orders.database.clock import beyond, from_now
from orders.models import Step
from orders.steps.transitions import locked

log = logging.getLogger(__name__)

State = Step.State
AT_ONCE = 2000  # steps of a transaction
MOST_BATCHES = 10  # of a round; more is left to the next one


def go_on() -> None:
    """A round of the periodic task. Where nothing lies ahead it is a look at the far end of an index for each name."""
    found = sum(map(_go_on, (running(), *map(open_, settings.STEP_TASKS))))
    if found:
        log.warning("the database's clock was set back: %d steps whose time lay ahead go on now", found)


def _go_on(ahead: QuerySet[Step]) -> int:
    found = 0
    for _ in range(MOST_BATCHES):
        found += (some := _bring_back(ahead))
        if some < AT_ONCE:
            break
    return found


def running() -> QuerySet[Step]:
    """Running steps that began ahead of now, the latest first."""
    began = Step.objects.filter(state=State.RUNNING, started_at__gt=beyond())
    return began.filter(due_at__gt=beyond()).order_by("-due_at")  # as the index `step_running` has it


def open_(name: str) -> QuerySet[Step]:
    """Queued and waiting steps of a name that are due later than they can be, the latest first.

    One name and this sequence are the index's. For all names at once PostgreSQL may read the whole table: where it
    expects to find enough of them soon, as in a long backlog.
    """
    queued = Q(state=State.QUEUED, due_at__gt=beyond(settings.STEP_GRACE))
    waiting = Q(state=State.WAITING, finished_at__gt=beyond())
    late = Step.objects.filter(name=name, state__in=[State.QUEUED, State.WAITING], due_at__gt=beyond())
    return late.filter(queued | waiting).order_by("-due_at")


@transaction.atomic
def _bring_back(ahead: QuerySet[Step]) -> int:
    """Some of the steps; returns how many. Who is recorded or claimed at this moment is left to the next round."""
    found = dict(locked(ahead, AT_ONCE).values_list("pk", "state"))
    runs = [pk for pk, state in found.items() if state == State.RUNNING]
    Step.objects.filter(pk__in=runs).update(started_at=from_now(), due_at=from_now(settings.STEP_LEASE))
    Step.objects.filter(pk__in=found.keys() - set(runs)).update(due_at=from_now())
    return len(found)
