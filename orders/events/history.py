"""The events that are kept: for who comes late, for what was refused, and until they are old."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects

from orders.database.clock import from_now
from orders.models import Deed, Event

log = logging.getLogger(__name__)

MOST_COUNTED = 10_000  # refused ones: beyond that nobody needs the exact number
MOST_PRUNED = 5000  # rows a round
MOST_READ = 200  # rows at a time


def since(at: datetime | None, number: str = "") -> QuerySet[Event]:
    """The events since a time, if one is given; of one order, if its number is. Those of an order in its sequence."""
    events = Event.objects.filter(at__gte=at) if at else Event.objects.all()
    return (events.filter(order__number=number) if number else events).order_by("pk")


def refused() -> QuerySet[Event]:
    """Those that the broker refused for good, the oldest first: by an index of their own, however many others are."""
    return Event.objects.filter(state=Event.State.REFUSED).order_by("at", "pk")


def how_many_refused() -> int:
    """MOST_COUNTED at most; 0 where events are rows alone: there nobody can publish them again."""
    return refused()[:MOST_COUNTED].count() if are_published() else 0


def in_batches(events: QuerySet[Event]) -> Iterator[list[Event]]:
    """The events as they are now, with their orders, some at a time: no cursor or transaction stays open meanwhile.

    Which they are is asked once. Page by page, "those after the last id", would leave out what is committed late.
    """
    ids = list(events.values_list("pk", flat=True))
    for start in range(0, len(ids), MOST_READ):
        yield whole(ids[start : start + MOST_READ])


def whole(ids: Sequence[int]) -> list[Event]:
    """These events with all that they tell: their orders, and the lines of those that were received."""
    if not ids:
        return []
    events = list(Event.objects.filter(pk__in=ids).order_by("pk").select_related("order"))
    received = [event for event in events if event.type == Event.Type.RECEIVED]
    prefetch_related_objects(received, "order__lines")
    return events


def reopen(events: QuerySet[Event]) -> int:
    """Has those that were refused published again; returns how many."""
    these = events.filter(state=Event.State.REFUSED).order_by().values("pk")
    again = Event.objects.filter(pk__in=these, state=Event.State.REFUSED)
    return again.update(state=Event.State.OPEN, refusals=0, due_at=from_now())


@transaction.atomic
def reopen_oldest(most: int, *, by: str) -> int:
    """Has so many of those that were refused published again, and remembers who wanted it; returns how many."""
    events = list(refused().select_related("order")[:most])
    Deed.remember(Deed.What.SENT_AGAIN, events, by=by)
    log.info("refused events are published again by %s: %d", by, len(events))
    return reopen(Event.objects.filter(pk__in=[event.pk for event in events]))


def are_published() -> bool:
    """False where events are rows alone: the embedded broker has no exchange, or nobody is to be told."""
    return bool(settings.EVENTS and not settings.BROKER_EMBEDDED)


def prune() -> int:
    """Deletes the oldest that are older than settings.EVENT_AGE, MOST_PRUNED at most; returns how many.

    One that is still to be published stays.
    """
    first = list(Event.objects.order_by("pk").values_list("pk", flat=True)[:MOST_PRUNED])
    old = Event.objects.filter(pk__in=first, at__lt=from_now(-settings.EVENT_AGE))
    if are_published():
        old = old.exclude(state=Event.State.OPEN)
    deleted, _ = old.delete()
    return deleted
