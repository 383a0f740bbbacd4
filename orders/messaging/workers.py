"""Which workers there are: a row each, which its own pool renews every few seconds."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models

from orders.database import outage
from orders.database.clock import from_now
from orders.database.outage import AWAY
from orders.messaging.task import check_database

EVERY = 5.0  # seconds
GONE_AFTER = timedelta(days=1)  # Then its row goes. Until then staff see when it was there last.


class Worker(models.Model):
    """A `celery -A shop worker`. That `seen_at` is young proves its loop, its pool and the database at once."""

    name = models.CharField(primary_key=True, max_length=255, help_text="As Celery names it: worker@host.")
    host = models.CharField(max_length=255)
    queues = models.JSONField(default=list, help_text="The names of the queues it serves.")
    processes = models.PositiveIntegerField(default=0, help_text="Of its pool.")
    version = models.CharField(max_length=32, blank=True, help_text="The desk's.")
    started_at = models.DateTimeField(help_text="By the database's clock.")
    seen_at = models.DateTimeField(help_text="By the database's clock.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def alive(cls) -> models.QuerySet["Worker"]:
        """Those that were seen of late, by the database's clock; a row that lies ahead is of before it was set back."""
        return cls.objects.filter(seen_at__gt=from_now(-late_after()), seen_at__lt=from_now(late_after()))

    def is_replaced(self, alive: Iterable["Worker"]) -> bool:
        """One that was killed comes back under another name: of its host, started since, and with all its queues."""
        return any(
            other.host == self.host and other.started_at > self.seen_at and {*self.queues} <= {*other.queues}
            for other in alive
        )


def late_after() -> timedelta:
    """So long after it was seen a worker is taken for gone: all its processes may be busy for a step's time limit."""
    limit: timedelta = settings.STEP_TIME_LIMIT
    return limit + timedelta(seconds=15)


def tell(name: str, facts: Mapping[str, Any], started: bool) -> bool:
    """Writes that the worker `name` is there; True if that is saved. `started`: it is its first time.

    Runs in a process of the worker's pool: one statement. Raises nothing for a database that is away.
    """
    try:
        _tell_anew(name, facts, started)
    except AWAY as error:
        outage.tell(error, "the worker's row is not renewed")
        return False
    return True


def _tell_anew(name: str, facts: Mapping[str, Any], started: bool) -> None:
    """A connection that went bad is found out by the statement itself: to check it first would cost as much again."""
    try:
        _write(name, facts, started)
    except AWAY:
        check_database()
        _write(name, facts, started)


def _write(name: str, facts: Mapping[str, Any], started: bool) -> None:
    times = {"seen_at": from_now()} | ({"started_at": from_now()} if started else {})
    if not Worker.objects.filter(pk=name).update(**facts, **times):
        row = Worker(name=name, **facts, seen_at=from_now(), started_at=from_now())
        Worker.objects.bulk_create([row], ignore_conflicts=True)


def forget(name: str) -> None:
    """The worker ends: its row goes at once. In its main process, whose database connection ends with it."""
    with suppress(*outage.ANY):
        Worker.objects.filter(pk=name).delete()
    with suppress(*outage.ANY):
        connection.close()


def forget_gone() -> int:
    """Deletes the rows of workers that are long gone without having said so; returns how many."""
    deleted, _ = Worker.objects.filter(seen_at__lt=from_now(-GONE_AFTER)).delete()
    return deleted
