"""Publishes events: of each order only the lowest that is open, and the next one once the broker has confirmed it.

A publisher claims events for the time of a lease (by the database's clock), publishes them outside any transaction, and
marks what the broker confirmed. One that dies in between leaves them claimed; another publishes them again when the
lease is over, or lies further ahead than any is written: the database's clock was set back. So each event is published
at least once, and no event for the first time before those ahead of it.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from orders.database import outage
from orders.database.clock import beyond, from_now
from orders.events import exchange, history
from orders.messaging import foreign
from orders.messaging.connection import Refused, own_connection
from orders.models import Event

log = logging.getLogger(__name__)

BATCH = 300  # events
LEASE = timedelta(seconds=20)  # longer than it takes to publish a batch, a second try included
ROUND = 5.0  # seconds after which a round begins no further batch: a pool's process has other things to do
# A queue that is full refuses for all who listen. Three refusals, so long apart, and the event is given up.
AGAIN = timedelta(seconds=10)
MOST_REFUSALS = 3


def publish_events() -> None:
    """One round: batch after batch until nothing is due. A broker that is away ends it; the rows stay open."""
    ends = time.monotonic() + ROUND
    try:
        exchange.declare()
        while time.monotonic() < ends and (events := claim()):
            publish(events)
    except outage.ANY:
        raise
    except Exception as error:
        _complain(error)


class _Complained:
    """When this process last said that the broker is away, in monotonic seconds."""

    at = float("-inf")


def _complain(error: Exception) -> None:
    """One line a minute, not one a round."""
    now = time.monotonic()
    if now - _Complained.at >= outage.QUIET:
        _Complained.at = now
        log.warning("events wait as rows: %s", foreign.explain(error) or f"{type(error).__name__}: {error}")


def claim() -> list[Event]:
    """Makes the first events that are due ours until the lease is over; at most one of each order."""
    with transaction.atomic():
        ids = list(_locked(_due()).values_list("pk", flat=True)[:BATCH])
        Event.objects.filter(pk__in=ids).update(due_at=from_now(LEASE))
    return history.whole(ids)


def _due() -> QuerySet[Event]:
    """Open, due, and none ahead of them open.

    PostgreSQL is left one plan for "ahead": an index look-up an event, however many are open. So it is a scalar
    subquery, and compares the state as an expression: where the statistics are of a quiet hour the partial index
    `event_open` looks empty, and each look-up would read the whole backlog in it (3 s a claim with 40,000 open).
    """
    earlier = Event.objects.filter(order=OuterRef("order"), seq__lt=OuterRef("seq")).order_by()
    ahead = earlier.alias(now=Concat("state", Value(""))).filter(now=Event.State.OPEN)
    time_has_come = Q(due_at__lte=from_now()) | Q(due_at__gt=beyond(max(LEASE, AGAIN)))
    due = Event.objects.filter(time_has_come, state=Event.State.OPEN).order_by("pk")
    return due.alias(ahead=Subquery(ahead.values("pk")[:1])).filter(ahead=None)


def _locked(events: QuerySet[Event]) -> QuerySet[Event]:
    skip = connection.features.has_select_for_update_skip_locked
    return events.select_for_update(skip_locked=skip, of=("self",) if skip else ())


def publish(events: Sequence[Event]) -> None:
    """Publishes events that are claimed, and marks what became of each. Raises if the broker is away."""
    refused: Sequence[int] = ()
    try:
        own_connection().publish([exchange.message(event) for event in events])
    except Refused as error:
        refused = error.which
    except Exception:
        _give_back(events)
        raise
    _mark(events, [events[place].pk for place in refused])


def _mark(events: Sequence[Event], refused: Sequence[int]) -> None:
    rows = Event.objects.filter(pk__in=[event.pk for event in events], state=Event.State.OPEN)
    rows.exclude(pk__in=refused).update(state=Event.State.PUBLISHED, refusals=0)
    if refused:
        again = rows.filter(pk__in=refused)
        again.update(refusals=F("refusals") + 1, due_at=from_now(AGAIN))
        given_up = again.filter(refusals__gte=MOST_REFUSALS).update(state=Event.State.REFUSED)
        _tell(given_up)


def _tell(given_up: int) -> None:
    if given_up:
        log.warning(
            "events given up: %d. Some queue bound to orders.events is full and refuses them; `manage.py events resend`"
            " publishes all that were refused again, once it has room",
            given_up,
        )


def _give_back(events: Sequence[Event]) -> None:
    """The broker is away: whoever reaches it next may have them at once."""
    try:
        Event.objects.filter(pk__in=[event.pk for event in events], state=Event.State.OPEN).update(due_at=from_now())
    except outage.ANY as error:  # The lease ends by itself.
        outage.tell(error, "events are published later")
