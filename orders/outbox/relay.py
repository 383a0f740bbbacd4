"""The sweeper, an outbox relay: it closes every gap between rows and messages.

It finds running steps whose lease ran out, waiting steps that are due, and queued steps nobody picked up within the
grace time. It publishes single steps, never the chord again. Every worker's clock takes part, and all together sweep
once an interval (`orders.messaging.periodic`). Should two sweep at once all the same, neither takes the other's rows
(FOR UPDATE SKIP LOCKED). What lies ahead since the database's clock was set back: `orders.steps.set_back`.
"""

import logging
from typing import Any

from django.conf import settings
from django.db import connection

from orders.database import outage
from orders.database.clock import from_now
from orders.messaging.connection import look_at
from orders.models import Destination, Step
from orders.outbox.publisher import publish_steps
from orders.step_names import destination_of
from orders.steps import circuit_breaker, destinations, instance, transitions

log = logging.getLogger(__name__)

# As long as a queue holds this many messages its workers have enough to do until the next round; and never more than it
# has open steps: more would only be copies. A lost message is made good once the queue is shorter.
QUEUE_ROOM = 2000
OPEN = "state IN ('queued', 'waiting')"  # as the partial index says it


def sweep() -> None:
    """One round over the steps; bounded in rows and messages, and no slower when the backlog is long."""
    transitions.release_lost()
    if instance.is_held():
        return
    for name in names_due():
        try:
            publish_due(name)
        except outage.ANY:
            raise
        except Exception as error:  # A queue that takes nothing must not hold up the others.
            log.warning("sweeper: %s: %s: %s", name, type(error).__name__, error)


def names_due() -> list[str]:
    """The names of which any step is due: one statement, since there are none in most rounds."""
    names = list(settings.STEP_TASKS)
    due = f"EXISTS (SELECT 1 FROM {Step._meta.db_table} WHERE name = %s AND {OPEN} AND due_at <= %s)"  # noqa: S608
    with connection.cursor() as cursor:
        values: list[Any] = [value for name in names for value in (name, from_now())]
        cursor.execute(f"SELECT {', '.join([due] * len(names))}", values)
        found = cursor.fetchone()
    return [name for name, is_due in zip(names, found, strict=True) if is_due]


def publish_due(name: str) -> None:
    """Publishes the due steps of a name: as many as its queue has room for, one if the circuit breaker is open."""
    open_steps = Step.objects.filter(name=name, state__in=[Step.State.QUEUED, Step.State.WAITING])
    due = open_steps.filter(due_at__lte=from_now()).order_by("due_at")
    of = destination_of(name)
    destination = Destination.objects.filter(name=of).first() or Destination(name=of)
    probing = destinations.may_probe(destination)
    if (destination.holds_steps and not probing) or not due.exists():
        return
    queue = settings.STEP_QUEUES[name]
    ready, consumed = look_at(queue)
    if not consumed:
        return
    if probing:
        steps = circuit_breaker.half_open(destination, due)
    else:
        steps = transitions.requeue(due, at_most=_open_steps(queue) - ready)
    publish_steps(name, steps.values())


def _open_steps(queue: str) -> int:
    """How many steps of a queue wait for a worker, QUEUE_ROOM at most."""
    names = [name for name, of in settings.STEP_QUEUES.items() if of == queue]
    waiting = Step.objects.filter(name__in=names, state__in=[Step.State.QUEUED, Step.State.WAITING])
    return waiting.order_by()[:QUEUE_ROOM].count()
