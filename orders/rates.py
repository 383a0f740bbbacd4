"""Counts requests in fixed windows, exactly over all processes: one statement each, by the database's clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from django.db import connection
from django.db.models import F

from orders.database import clock, prepared
from orders.database.clock import beyond, from_now
from orders.database.vendor import on_postgresql
from orders.models import RateCount

WINDOWS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
MOST_PRUNED = 5000  # rows a round
# A count that a crash of PostgreSQL loses is no loss, and waiting for the disk costs ten times as much as counting.
FLUSHED = "SELECT set_config('synchronous_commit', %s, true)"


@dataclass(frozen=True)
class Rate:
    """At most so many in a window, which begins with the first of them."""

    most: int
    window: timedelta


@dataclass(frozen=True)
class Used:
    """What somebody has used of a rate in the window that began at `began_at`, with `left` until its end."""

    who: int
    rate: Rate
    count: int
    began_at: datetime
    left: timedelta

    @property
    def within(self) -> bool:
        return self.count <= self.rate.most


@lru_cache
def read(text: str) -> Rate:
    """The rate in a setting: "100/min"."""
    most, _, window = text.partition("/")
    return Rate(int(most), WINDOWS[window])


def count(whom: str, rate: Rate) -> Used:
    """Counts one more request of `whom`; the first after a window begins the next one.

    So does the first after the database's clock was set back: a window that begins ahead would be full until then.
    """
    who = int.from_bytes(blake2b(whom.encode(), digest_size=8).digest(), signed=True)
    over = from_now(-rate.window)
    with connection.cursor() as cursor:
        values: list[Any] = [who, from_now(), over, beyond(), over, beyond()]
        if on_postgresql():
            prepared.execute(cursor, _statement(), ["off", *values], first=FLUSHED)
        else:
            cursor.execute(_statement(), values)
        number, began_at, now = cursor.fetchone()
    began, at = _time(began_at), _time(now) if now else clock.now()
    return Used(who, rate, number, began, began + rate.window - at)


def give_back(used: Used) -> None:
    """Takes back what was counted: as it turned out, it does not count."""
    same = RateCount.objects.filter(pk=used.who, began_at=used.began_at, count__gt=0)
    same.update(count=F("count") - 1)


def prune(rate: Rate) -> int:
    """Deletes windows that are over, MOST_PRUNED at most; returns how many."""
    over = RateCount.objects.filter(began_at__lt=from_now(-rate.window)).order_by("began_at")
    some = list(over.values_list("pk", flat=True)[:MOST_PRUNED])
    # One that begins anew meanwhile stays.
    deleted, _ = RateCount.objects.filter(pk__in=some, began_at__lt=from_now(-rate.window)).delete()
    return deleted


def _time(value: datetime) -> datetime:
    """SQLite gives a time as it is stored: in UTC, without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@lru_cache
def _statement() -> str:
    table = RateCount._meta.db_table
    now = "STATEMENT_TIMESTAMP()" if on_postgresql() else "NULL"
    over = f"{table}.began_at <= %s OR {table}.began_at > %s"
    return f"""
        INSERT INTO {table} (who, began_at, count) VALUES (%s, %s, 1)
        ON CONFLICT (who) DO UPDATE SET
            count = CASE WHEN {over} THEN 1 ELSE {table}.count + 1 END,
            began_at = CASE WHEN {over} THEN excluded.began_at ELSE {table}.began_at END
        RETURNING count, began_at, {now}
    """  # noqa: S608
