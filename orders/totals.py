"""Counts what has happened, for /metrics: exactly, once, and never less than before, whatever is pruned.

No order and no step pays for it: a periodic task adds up the rows that came since its last round, by their ids, in one
transaction with the id that it came to. A worker that dies in the midst of it has counted nothing.
"""

import time
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, Max, Q, QuerySet, Sum

from orders.database.vendor import on_postgresql
from orders.models import Attempt, Counted, Order, Total
from orders.step_names import destination_of

ORDERS, ATTEMPTS = "orders", "attempts"
ROWS: dict[str, type[models.Model]] = {ORDERS: Order, ATTEMPTS: Attempt}
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds
BATCH = 20_000  # rows of a transaction
MOST_BATCHES = 10  # of a round; more is left to the next one
PATIENCE, GLANCE = 1.0, 0.05  # seconds: how long a round waits for writers

Group = tuple[str, str]  # destination, outcome


def count() -> None:
    """A round of the periodic task."""
    for kind, model in ROWS.items():
        upto = settled_id(model)
        for _ in range(MOST_BATCHES):
            if not count_batch(kind, upto):
                break


def counted_upto(kind: str) -> int:
    """Rows up to this id are in the totals: only these may be deleted."""
    return Counted.objects.filter(pk=kind).values_list("upto", flat=True).first() or 0


def settled_id(model: type[models.Model]) -> int:
    """An id up to which no row can appear any more; 0 if somebody has been writing for too long: the next round then.

    Ids are given out in sequence, but committed in any. So all transactions that had begun to write when the newest id
    was read must be over. (SQLite has one writer at a time.)
    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
    """
    newest: int = model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0
    if not on_postgresql():
        return newest
    time.sleep(GLANCE)  # Who had taken an id and not yet begun to write has begun by now.
    until = time.monotonic() + PATIENCE
    begun = _transactions("xmax")
    while _transactions("xmin") < begun:
        if time.monotonic() > until:
            return 0
        time.sleep(GLANCE)
    return newest


def _transactions(bound: str) -> int:
    """xmin: those before it are over. xmax: this one and those after it have not begun."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT txid_snapshot_{bound}(txid_current_snapshot())")
        (found,) = cursor.fetchone()
    return int(found)


@transaction.atomic
def count_batch(kind: str, upto: int) -> bool:
    """Adds up the next rows of a kind, up to this id; False if there are none left."""
    Counted.objects.get_or_create(pk=kind)
    progress = Counted.objects.select_for_update().get(pk=kind)
    until = min(upto, progress.upto + BATCH)
    if until <= progress.upto:
        return False
    rows = ROWS[kind]._default_manager.filter(pk__gt=progress.upto, pk__lte=until).order_by()
    for (destination, outcome), found in _added_up(kind, rows).items():
        _add(Total.objects.get_or_create(kind=kind, destination=destination, outcome=outcome)[0], found)
    progress.upto = until
    progress.save(update_fields=["upto"])
    return True


def _added_up(kind: str, rows: QuerySet[Any]) -> dict[Group, Total]:
    """By destination and outcome: what comes to its total."""
    if kind == ORDERS:
        return {("", ""): Total(count=rows.count(), buckets=[])}
    took = {
        f"under_{place}": Count("pk", filter=Q(duration__lte=timedelta(seconds=bound)))
        for place, bound in enumerate(BOUNDS)
    }
    groups = rows.values("step__name", "outcome").annotate(
        count=Count("pk"), timed=Count("duration"), sum=Sum("duration"), **took
    )
    found: dict[Group, Total] = {}
    for group in groups:
        total = found.setdefault((destination_of(group["step__name"]), group["outcome"]), Total())
        seconds = (group["sum"] or timedelta(0)).total_seconds()
        buckets = [group[name] for name in took]
        _merge(total, Total(count=group["count"], timed=group["timed"], seconds=seconds, buckets=buckets))
    return found


def _add(total: Total, more: Total) -> None:
    _merge(total, more)
    total.save()


def _merge(total: Total, more: Total) -> None:
    total.count += more.count
    total.timed += more.timed
    total.seconds += more.seconds
    longest = max(len(total.buckets), len(more.buckets))
    pairs = zip(_padded(total.buckets, longest), _padded(more.buckets, longest), strict=True)
    total.buckets = [one + another for one, another in pairs]


def _padded(buckets: list[int], length: int) -> list[int]:
    return [*buckets, *[0] * (length - len(buckets))]
