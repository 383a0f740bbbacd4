"""Every change of a step's state. (`claims_sql` says the same in SQL, for taking a step and recording its result.)

    queued ──claim──> running ──> done
       ^                 ├──────> parked    (a person must look)
       └──sweeper── waiting <────┘          (again at due_at)

Each is a conditional update: who finds the step in another state changes nothing.
"""

import logging
import uuid
from collections.abc import Mapping
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from orders import telling
from orders.database.clock import from_now
from orders.models import Attempt, Deed, Event, Order, Step
from orders.step_names import destination_of
from orders.steps import destinations

log = logging.getLogger(__name__)

State = Step.State
LOST_WORKERS = 3

# A fresh start: due at once, on a new schedule, with nothing left of why it did not work.
AFRESH_WITH_REASON = {"state": State.QUEUED.value, "failures": 0, "next_action": ""}
AFRESH = AFRESH_WITH_REASON | {"reason": ""}
# What a result makes of a running step; reason, reference and due time come with it.
DONE = {"state": State.DONE.value, "failures": 0, "reason": "", "next_action": ""}
WAITING = {"state": State.WAITING.value, "next_action": ""}
PARKED = {"state": State.PARKED.value}


# --- The worker ---
def take(steps: QuerySet[Step], token: uuid.UUID, lease: timedelta) -> bool:
    """Makes a queued step the property of `token` as long as the lease lasts; False if it is not queued any more."""
    taken = steps.filter(state=State.QUEUED).update(
        state=State.RUNNING,
        token=token,
        started_at=from_now(),
        due_at=from_now(lease),
        attempts=F("attempts") + 1,
        warning="",
    )
    return bool(taken)


def mark(step: Step, token: uuid.UUID, reference: str) -> bool:
    """Writes how the destination knows it, if the step has `token` for as long as a request takes; False if not."""
    left = from_now(settings.STEP_LEASE - settings.STEP_TIME_LIMIT)
    return bool(Step.objects.filter(pk=step.pk, token=token, due_at__gt=left).update(reference=reference))


def finish(step: Step, token: uuid.UUID, changes: Mapping[str, Any]) -> bool:
    """Makes the changes, one of which is the new state, if the step still has `token`; False if it does not."""
    return bool(Step.objects.filter(pk=step.pk, token=token).update(**changes))


def give_up(step: Step, token: uuid.UUID | None) -> None:
    """A step of an order that was cancelled meanwhile does not run."""
    Step.objects.filter(pk=step.pk, token=token).update(state=State.CANCELLED, token=None)


# --- The sweeper ---
@transaction.atomic
def requeue(due: QuerySet[Step], *, at_most: int) -> dict[int, int]:
    """Makes the first of the due steps ready to be claimed; they are not due again before the grace time is over.

    Returns the ids of their orders by their own.
    """
    steps = dict(locked(due, at_most).values_list("pk", "order_id")) if at_most > 0 else {}
    Step.objects.filter(pk__in=steps).update(state=State.QUEUED, due_at=from_now(settings.STEP_GRACE))
    return steps


@transaction.atomic
def release_lost(*, at_most: int = 200) -> None:
    """Running steps whose lease ran out have lost their worker: back to the queue, or parked if workers keep dying."""
    lost = Step.objects.filter(state=State.RUNNING, due_at__lte=from_now()).order_by("due_at")
    for step in locked(lost, at_most):
        before = step.attempt_log.order_by("-number").values_list("outcome", flat=True)[: LOST_WORKERS - 1]
        parked = list(before) == [Attempt.Outcome.LOST] * (LOST_WORKERS - 1)
        if parked and not telling.lock_now(step.order_id):
            continue  # Somebody changes the order, and may wait for this step: the next round parks it.
        Attempt.objects.create(
            step=step, number=step.attempts, started_at=step.started_at or from_now(), outcome=Attempt.Outcome.LOST
        )
        step.token = None
        step.state, step.due_at = State.QUEUED, from_now()
        if parked:
            step.state = State.PARKED
            step.reason = f"Its worker died {LOST_WORKERS} times in a row while working on it."
            step.next_action = "Look into the worker's log before sending it again."
            telling.tell([(step.order_id, Event.Type.PARKED, step.name)])
        step.save(update_fields=["token", "state", "due_at", "reason", "next_action"])
        log.warning("step %s of order id %s: worker lost (%s)", step.name, step.order_id, step.state)


def locked(steps: QuerySet[Step], at_most: int) -> QuerySet[Step]:
    """The first of the steps that no other transaction works on, locked until ours ends."""
    skip = connection.features.has_select_for_update_skip_locked
    return steps.select_for_update(skip_locked=skip, of=("self",) if skip else ())[:at_most]


# --- Staff, and printing ---
@transaction.atomic
def resend(steps: QuerySet[Step], *, by: str) -> int:
    """Sends parked and waiting steps of live orders again, at once and on a fresh schedule; returns how many.

    Done steps are left alone: what has happened must not happen twice. Why they did not work stays in the history, and
    on those that are held. Of a parked one a person has decided: the mark of `orders.steps.sending` goes.
    """
    again, holding = _chosen(_resume(resendable(steps))), destinations.holding()
    Step.objects.filter(pk__in=[step.pk for step in again], state=State.PARKED).update(reference="")
    Step.objects.filter(pk__in=[step.pk for step in again]).update(due_at=from_now(), **AFRESH_WITH_REASON)
    free = [step.pk for step in again if destination_of(step.name) not in holding]
    Step.objects.filter(pk__in=free).update(reason="")
    Deed.remember(Deed.What.SENT_AGAIN, again, by=by, detail=attrgetter("reason"))
    log.info("%d steps sent again by %s", len(again), by)
    return len(again)


def _chosen(steps: QuerySet[Step]) -> list[Step]:
    """The steps, locked until our transaction ends, with what the history tells of them."""
    locked = steps.select_related("order").only("name", "reason", "order__number").order_by("pk")
    return list(locked.select_for_update(of=("self",)))


def resendable(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Those of `steps` that `resend` would send."""
    stopped = Step.objects.filter(pk__in=steps.order_by().values("pk"), state__in=[State.PARKED, State.WAITING])
    return stopped.exclude(~Q(name__in=settings.CANCEL_STEPS), order__status=Order.Status.CANCELLED)


def _resume(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Locks all orders of `steps`, then tells of those that are parked that they are parked no more.

    Returns those of `steps` whose orders are locked. Another one may be parked only now: it would be resumed untold,
    and its order be locked after its step, crosswise with who cancels it.
    """
    ours = steps.filter(order_id__in=telling.lock(steps.order_by().values_list("order_id", flat=True)))
    if settings.EVENTS:
        parked = ours.filter(state=State.PARKED).order_by("pk").values_list("order_id", "name")
        telling.tell([(order_id, Event.Type.RESUMED, name) for order_id, name in parked])
    return ours


@transaction.atomic
def run_again(order_id: int, name: str) -> None:
    """Runs a step once more although it may be done: there is something new for it to do (a reprint, a late effect)."""
    ended = [State.DONE, State.PARKED, State.WAITING]
    step = _resume(Step.objects.filter(order_id=order_id, name=name, state__in=ended))
    step.update(due_at=from_now(), **AFRESH)


def bring_forward(steps: QuerySet[Step], *, at_most: int) -> int:
    """Makes the first of the waiting `steps` due now: what they waited for has come. Returns how many."""
    first = steps.filter(state=State.WAITING).order_by("due_at").values_list("pk", flat=True)[:at_most]
    return Step.objects.filter(pk__in=list(first), state=State.WAITING).update(due_at=from_now())


def warn(order_id: int, name: str, warning: str, *, reference: str = "") -> None:
    """Staff should know this: on the step's row, where they look for an order. `reference`: what is known by now."""
    changes = {"warning": warning[:500]} | ({"reference": reference[:200]} if reference else {})
    Step.objects.filter(order_id=order_id, name=name).update(**changes)


def stop(steps: QuerySet[Step]) -> None:
    """Cancels what has not run. Waits for workers that claim one of the steps at this moment."""
    steps.filter(state__in=Step.STOPPABLE).update(state=State.CANCELLED)


def revive(steps: QuerySet[Step]) -> None:
    """Starts again what was stopped: its cause has come back."""
    steps.filter(state=State.CANCELLED).update(due_at=from_now(), **AFRESH)


@transaction.atomic
def done_by_hand(steps: QuerySet[Step], *, by: str) -> int:
    """Marks parked steps as done: a person has seen to them at the destination. Returns how many.

    The sweeper settles the order if nothing else is open.
    """
    parked = Step.objects.filter(pk__in=steps.order_by().values("pk"), state=State.PARKED)
    done = _chosen(_resume(parked))
    Step.objects.filter(pk__in=[step.pk for step in done]).update(
        state=State.DONE, finished_at=from_now(), reference=f"by hand, {by}"[:200], reason="", next_action=""
    )
    Deed.remember(Deed.What.DONE_BY_HAND, done, by=by, detail=attrgetter("reason"))
    log.info("%d steps marked as done by %s", len(done), by)
    return len(done)
