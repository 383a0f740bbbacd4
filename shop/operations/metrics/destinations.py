"""How it stands with each destination now."""

from collections.abc import Iterator

from django.conf import settings
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from orders.database import clock
from orders.models import Destination
from orders.steps.backlog import Backlog, backlogs

# Of those that have ended there are as many as orders: desk_step_attempts_total tells of them.
STATES = ("queued", "running", "waiting", "parked")


def steps() -> Iterator[Metric]:
    """Steps that have not ended: by partial indexes, so that it costs what is open, not what there ever was."""
    found = backlogs(Backlog)
    now = clock.now()
    count = GaugeMetricFamily("desk_steps", "Steps that have not ended.", labels=["destination", "state"])
    oldest = GaugeMetricFamily(
        "desk_step_oldest_seconds",
        "How long ago the order came of which the oldest open step is; 0: none is open. Parked ones do not count.",
        labels=["destination"],
    )
    for name, backlog in found.items():
        for state in STATES:
            count.add_metric([name, state], getattr(backlog, state))
        age = (now - backlog.oldest).total_seconds() if backlog.oldest else 0.0
        oldest.add_metric([name], max(age, 0.0))
    yield count
    yield oldest


def states() -> Iterator[Metric]:
    """The circuit breakers, and what staff have paused. A destination that never failed may have no row: 0."""
    rows = {row.name: row for row in Destination.objects.all()}
    opened = GaugeMetricFamily("desk_destination_open", "1: its circuit breaker is open.", labels=["destination"])
    paused = GaugeMetricFamily("desk_destination_paused", "1: staff hold its steps back.", labels=["destination"])
    for name in sorted({*settings.ENABLED_STEPS, *rows}):
        row = rows.get(name) or Destination(name=name)
        opened.add_metric([name], float(row.open_until is not None))
        paused.add_metric([name], float(row.paused))
    yield opened
    yield paused
