"""All that is kept for a time: how much of it is old, and how it goes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from orders.database.clock import DatabaseTime, from_now
from orders.events import history
from orders.models import Attention, DeadLetter, Event, Notice, PackScan, ProductImport
from shop.operations.retention import attempts, slips
from shop.operations.retention.batches import delete_all

PICTURE = timedelta(days=1)  # An uploaded file is kept so long between its picture and the yes.


@dataclass(frozen=True)
class Kind:
    """`prune` says after each transaction how many were deleted; it may say 0."""

    name: str
    count: Callable[[], int]
    prune: Callable[[], Iterator[int]]


def of_rows(name: str, old: Callable[[], QuerySet[Any]]) -> Kind:
    return Kind(name, lambda: old().count(), lambda: delete_all(old()))


def letters() -> QuerySet[DeadLetter]:
    """Dead letters that were sent again a while ago, and all that are too old."""
    sent = Q(sent_again_at__lt=from_now(-timedelta(days=settings.KEEP.sent_letter_days)))
    return DeadLetter.objects.filter(sent | Q(arrived_at__lt=from_now(-settings.DEAD_LETTER_AGE))).order_by("pk")


def events() -> QuerySet[Event]:
    """Events that were published or refused long ago. (Where none are published: all that are old.)"""
    old = Event.objects.filter(at__lt=from_now(-settings.EVENT_AGE)).order_by("pk")
    return old.exclude(state=Event.State.OPEN) if history.are_published() else old


def sessions() -> QuerySet[Session]:
    """Of staff who were logged in, and whose time is over."""
    return Session.objects.filter(expire_date__lt=from_now()).order_by("pk")


def scans() -> QuerySet[PackScan]:
    """Scans at the pack station that belong to no order. Those of an order stay with it."""
    return PackScan.objects.filter(order=None, at__lt=_records()).order_by("pk")


def causes() -> QuerySet[Attention]:
    """What operators were told of and nobody sees any more: mended, or nobody is told by now."""
    return Attention.objects.filter(last_seen__lt=_records()).order_by("pk")


def notices() -> QuerySet[Notice]:
    """Messages to operators. Those that are to be sent are given up after a day."""
    return Notice.objects.filter(created_at__lt=_records()).order_by("pk")


def uploads() -> QuerySet[ProductImport]:
    """Files of products: that they were imported stays in the history. Nobody says yes to a picture of yesterday."""
    forgotten = Q(done_at=None, at__lt=from_now(-PICTURE))
    return ProductImport.objects.filter(forgotten | Q(done_at__lt=_records())).order_by("pk")


def _records() -> DatabaseTime:
    return from_now(-timedelta(days=settings.KEEP.record_days))


KINDS = [
    Kind("attempts", lambda: attempts.old().count(), attempts.prune),
    of_rows("dead letters", letters),
    of_rows("events", events),
    of_rows("sessions", sessions),
    of_rows("scans of no order", scans),
    of_rows("causes operators were told of", causes),
    of_rows("messages to operators", notices),
    of_rows("files of products", uploads),
    Kind("printed slips in the spool folder", slips.count, slips.prune),
]
