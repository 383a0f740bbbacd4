"""Whether the desk's own parts are at work: sweeps, workers, events, letters, printers, disks."""

import math
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric

from orders.database import clock
from orders.events import history
from orders.messaging.looking import apart_from_tasks
from orders.messaging.periodic import SWEEP, Condition
from orders.messaging.queues import DESK
from orders.messaging.workers import Worker, late_after
from orders.models import DeadLetter, Event
from printing.models import Printer

NEVER = math.inf  # An alert's "more than" holds for it.


def build() -> Iterator[Metric]:
    what = {"version": settings.WATCHING.version, "python": platform.python_version(), "django": django.__version__}
    yield InfoMetricFamily("desk_build", "Which version runs.", value=what)


def sweep() -> Iterator[Metric]:
    ago = Condition.of(SWEEP).ago
    yield GaugeMetricFamily(
        "desk_sweep_age_seconds",
        "How long ago the last sweep began; +Inf: there was none.",
        value=abs(ago.total_seconds()) if ago is not None else NEVER,
    )


def workers() -> Iterator[Metric]:
    """By queue: names of workers change with each start, and Prometheus would keep them all."""
    rows, now = list(Worker.objects.only("queues", "seen_at")), clock.now()
    seen = GaugeMetricFamily(
        "desk_worker_seen_seconds",
        "How long ago any worker that serves the queue was seen; +Inf: there is none.",
        labels=["queue"],
    )
    alive = GaugeMetricFamily("desk_workers", "Workers that serve the queue and were seen of late.", labels=["queue"])
    all_serve = [] if settings.BROKER_EMBEDDED else [*apart_from_tasks()]
    for queue in (*settings.ENABLED_STEPS, DESK, *all_serve):
        serving = (row for row in rows if queue in row.queues or queue in all_serve)
        ages = [abs((now - row.seen_at).total_seconds()) for row in serving]
        seen.add_metric([queue], min(ages, default=NEVER))
        alive.add_metric([queue], sum(age < late_after().total_seconds() for age in ages))
    yield seen
    yield alive


def dead_letters() -> Iterator[Metric]:
    waiting = DeadLetter.objects.filter(sent_again_at=None).order_by().count()
    yield GaugeMetricFamily("desk_dead_letters", "Dead letters that nobody has sent again.", value=waiting)


def events() -> Iterator[Metric]:
    """Nothing is unpublished where events are rows alone."""
    still = Event.objects.filter(state=Event.State.OPEN).order_by("pk")
    published = history.are_published()
    first = still.values_list("at", flat=True).first() if published else None
    yield GaugeMetricFamily(
        "desk_events_unpublished", "Events that are to be published.", value=still.count() if published else 0
    )
    yield GaugeMetricFamily(
        "desk_event_oldest_seconds",
        "How long the oldest of them has waited; 0: there is none.",
        value=max((clock.now() - first).total_seconds(), 0.0) if first else 0.0,
    )
    yield GaugeMetricFamily(
        "desk_events_refused",
        f"Events that the broker refused for good, {history.MOST_COUNTED} at most.",
        value=history.how_many_refused(),
    )


def printers() -> Iterator[Metric]:
    blocked = GaugeMetricFamily(
        "desk_printer_blocked", "1: what it is given comes out late, or not at all.", labels=["printer"]
    )
    for name, is_blocked in Printer.objects.filter(active=True).values_list("name", "blocked"):
        blocked.add_metric([name], float(is_blocked))
    yield blocked


def disks() -> Iterator[Metric]:
    free = GaugeMetricFamily(
        "desk_disk_free_ratio",
        "How much of the folder's disk is free, of this web process's machine.",
        labels=["folder"],
    )
    for name, folder in (("var", settings.VAR_DIR), ("spool", settings.SPOOL_DIR)):
        if (ratio := _free(folder)) is not None:
            free.add_metric([name], ratio)
    yield free


def _free(folder: Path) -> float | None:
    try:
        whole, _, free = shutil.disk_usage(folder)
    except OSError:  # It is made when the first slip comes.
        return None
    return free / whole
