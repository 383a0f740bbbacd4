"""Attempts of steps that have ended. The last one of a step stays: it says how the step ended."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from orders.database.clock import from_now
from orders.models import Attempt, Step
from orders.totals import ATTEMPTS, counted_upto
from shop.operations.retention.batches import AT_ONCE, delete_some

ENDED = [Step.State.DONE, Step.State.CANCELLED]


def old() -> QuerySet[Attempt]:
    """Those that may go."""
    later = Attempt.objects.filter(step=OuterRef("step"), number__gt=OuterRef("number"))
    return _aged().filter(Exists(later), step__state__in=ENDED).order_by("pk")


def prune() -> Iterator[int]:
    """Goes through the table by its key, so many rows at a time: no statement reads more, and none needs an index."""
    at = 0
    while (last := _end_of_window(at)) is not None:
        window = {"pk__gt": at, "pk__lte": last}
        yield delete_some(old().filter(**window))
        if not _aged().filter(**window).exists() and Attempt.objects.filter(**window).exists():
            return  # From here on all are younger.
        at = last


def _aged() -> QuerySet[Attempt]:
    """What has not been counted yet stays, however old it is: else it would never be (`orders.totals`)."""
    counted = Attempt.objects.filter(pk__lte=counted_upto(ATTEMPTS))
    return counted.filter(started_at__lt=from_now(-timedelta(days=settings.KEEP.attempt_days)))


def _end_of_window(at: int) -> int | None:
    following = Attempt.objects.filter(pk__gt=at).order_by("pk")
    full = following.values_list("pk", flat=True)[AT_ONCE - 1 : AT_ONCE]
    return next(iter(full), None) or following.aggregate(last=Max("pk"))["last"]
