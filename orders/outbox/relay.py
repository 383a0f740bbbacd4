"""The sweeper closes every gap between rows and messages.

It finds running steps whose lease ran out, waiting steps that are due, queued steps nobody picked up within the
grace time, and complete orders nobody settled. It publishes single steps, never the chord again. Any number of
workers may sweep at once: rows are taken by FOR UPDATE SKIP LOCKED.
"""

import logging
import math
import secrets

from amqp.exceptions import NotFound
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from orders.messaging.connection import publish_steps
from orders.models import Attempt, Destination, Order, Step
from orders.steps.settling import settle

log = logging.getLogger(__name__)

# As long as a queue holds this many messages its workers have enough to do until the next round: publishing more would
# only pile up copies of what may already be in it. A lost message is made good once the queue is shorter.
QUEUE_ROOM = 2000
LOST_WORKERS = 3
# So many open orders are looked at for complete ones that nobody settled: a few hundredths of a second.
SETTLE_LOOK = 2000


def sweep() -> None:
    """One round over the steps; bounded in rows and messages, and no dearer when the backlog is long."""
    release_lost_leases()
    for name in settings.STEP_TASKS:
        try:
            publish_due(name)
        except (DatabaseError, InterfaceError):
            raise
        except Exception as error:  # A queue that takes nothing must not hold up the others.
            log.warning("sweeper: %s: %s: %s", name, type(error).__name__, error)


def release_lost_leases(limit: int = 200) -> None:
    """Running steps whose lease ran out go back to the queue; parked if their workers keep dying."""
    now = timezone.now()
    with transaction.atomic():
        lost = Step.objects.filter(state=Step.State.RUNNING, due_at__lte=now).order_by("due_at")
        for step in _taken(lost, limit):
            Attempt.objects.create(
                step=step, number=step.attempts, started_at=step.started_at or now, outcome=Attempt.Outcome.LOST
            )
            last = step.attempt_log.order_by("-number").values_list("outcome", flat=True)[:LOST_WORKERS]
            step.token = None
            step.state, step.due_at = Step.State.QUEUED, now
            if list(last) == [Attempt.Outcome.LOST] * LOST_WORKERS:
                step.state = Step.State.PARKED
                step.reason = f"Its worker died {LOST_WORKERS} times in a row while working on it."
                step.next_action = "Look into the worker's log before sending it again."
            step.save(update_fields=["token", "state", "due_at", "reason", "next_action"])
            log.warning("step %s of order id %s: worker lost (%s)", step.name, step.order_id, step.state)


def publish_due(name: str) -> None:
    """Publishes the steps of one destination that are due: as far as its queue has room, one if its breaker is open."""
    due = Step.objects.filter(
        name=name, state__in=[Step.State.QUEUED, Step.State.WAITING], due_at__lte=timezone.now()
    ).order_by("due_at")
    destination = Destination.objects.filter(name=name).first() or Destination(name=name)
    if destination.paused or not due.exists():
        return
    probing = destination.open_until is not None
    steps = (
        _probe(destination, due) if probing else _requeue(due, QUEUE_ROOM - messages_ready(settings.STEP_QUEUES[name]))
    )
    publish_steps(name, steps.values())


@transaction.atomic
def _requeue(due: QuerySet[Step], limit: int) -> dict[int, int]:
    """Makes up to `limit` due steps claimable; they are not due again before the grace time is over.

    Returns the ids of their orders by their own.
    """
    steps = dict(_taken(due, limit).values_list("pk", "order_id")) if limit > 0 else {}
    Step.objects.filter(pk__in=steps).update(state=Step.State.QUEUED, due_at=timezone.now() + settings.STEP_GRACE)
    return steps


@transaction.atomic
def _probe(destination: Destination, due: QuerySet[Step]) -> dict[int, int]:
    """Lets one step through an open breaker, once its delay is over; others follow if this one is lost."""
    now = timezone.now()
    mine = Destination.objects.filter(pk=destination.pk, open_until__lte=now).update(
        open_until=now + settings.STEP_LEASE
    )
    if not mine:
        return {}
    steps = _requeue(due, 1)
    Destination.objects.filter(pk=destination.pk).update(probe=next(iter(steps), None))
    return steps


def settle_complete(limit: int = 200) -> None:
    """Settles complete orders that stayed `received` beyond the grace time: their last step was marked done by hand.

    Looks at up to SETTLE_LOOK open orders; where there are more, at a slice of them taken by chance, so that a long
    backlog is not read through again and again.
    """
    received = Order.objects.filter(status=Order.Status.RECEIVED).order_by("id")
    slices = math.ceil(received.count() / SETTLE_LOOK)
    start = SETTLE_LOOK * secrets.randbelow(slices) if slices else 0
    ids = list(received.values_list("pk", flat=True)[start : start + SETTLE_LOOK])
    if not ids:
        return
    steps = Step.objects.filter(order=OuterRef("pk")).order_by()
    unfinished = steps.exclude(state=Step.State.DONE)
    recent = steps.filter(finished_at__gt=timezone.now() - settings.STEP_GRACE)
    # A range, and scalar subqueries: PostgreSQL can but ask once for each of these orders. (For EXISTS, or with the ids
    # as a subquery, it may choose to read all steps there are.)
    complete = (
        received.filter(pk__gte=ids[0], pk__lte=ids[-1])
        .alias(unfinished=Subquery(unfinished.values("pk")[:1]), recent=Subquery(recent.values("pk")[:1]))
        .filter(unfinished=None, recent=None)
    )
    for order_id in complete.values_list("pk", flat=True)[:limit]:
        settle(order_id)


def messages_ready(queue: str) -> int:
    """How many messages the broker holds ready in a queue; none if somebody deleted it."""
    with current_app.connection_for_read() as broker:
        try:
            return int(broker.default_channel.queue_declare(queue, passive=True).message_count)
        except NotFound:
            return 0


def _taken(rows: QuerySet[Step], limit: int) -> QuerySet[Step]:
    """Up to `limit` rows that no other transaction works on, locked until ours ends."""
    skip = connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(skip_locked=skip, of=("self",) if skip else ())[:limit]
