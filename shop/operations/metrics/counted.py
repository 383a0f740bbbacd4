"""What has happened since the desk was set up: from the totals, which outlive the rows (`orders.totals`)."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.utils import floatToGoString

from orders.models import Attempt, Total
from orders.totals import ATTEMPTS, BOUNDS, ORDERS


def orders() -> Iterator[Metric]:
    found = Total.objects.filter(kind=ORDERS).first()
    yield CounterMetricFamily("desk_orders", "Orders placed.", value=found.count if found else 0)


def attempts() -> Iterator[Metric]:
    """How they ended, and how long they took. A destination that is on has each outcome from the beginning, as 0."""
    totals = list(Total.objects.filter(kind=ATTEMPTS))
    counts = {(name, outcome): 0 for name in settings.ENABLED_STEPS for outcome in Attempt.Outcome.values}
    counts |= {(total.destination, total.outcome): total.count for total in totals}
    ended = CounterMetricFamily(
        "desk_step_attempts", "Attempts at steps that have ended.", labels=["destination", "outcome"]
    )
    for (destination, outcome), count in counts.items():
        ended.add_metric([destination, outcome], count)
    yield ended
    yield _durations(totals)


def _durations(totals: Iterable[Total]) -> Metric:
    took = HistogramMetricFamily(
        "desk_step_duration_seconds", "How long attempts at steps took.", labels=["destination"]
    )
    for name in sorted({total.destination for total in totals} | set(settings.ENABLED_STEPS)):
        of_it = [total for total in totals if total.destination == name]
        under = [sum(total.buckets[place] for total in of_it if total.buckets) for place in range(len(BOUNDS))]
        buckets: list[tuple[str, float]] = [
            (floatToGoString(bound), count) for bound, count in zip(BOUNDS, under, strict=True)
        ]
        buckets.append(("+Inf", sum(total.timed for total in of_it)))
        took.add_metric([name], buckets, sum_value=sum(total.seconds for total in of_it))
    return took
