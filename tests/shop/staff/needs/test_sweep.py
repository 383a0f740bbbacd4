"""The sweeper's condition beside the workers: the same as alone, in one statement."""

from datetime import timedelta
from typing import Any

import pytest

from orders.database.clock import from_now
from orders.messaging.periodic import SWEEP, Condition
from orders.models import Round, Worker
from shop.staff.needs.facts import workers_and_sweep

HOUR_AGO = from_now(timedelta(hours=-1))


@pytest.mark.parametrize(
    "last",
    [
        {"started_at": from_now(), "worker": "b@h"},
        {"started_at": from_now(), "worker": "b@h", "error": "ValueError: no"},
        {"started_at": from_now(), "worker": "b@h", "clock_error": -7.5},
        {"started_at": HOUR_AGO, "worker": "b@h"},
        {"started_at": None},
        None,
    ],
)
def test_the_sweeper_is_judged_beside_the_workers_as_alone(
    db: None, last: dict[str, Any] | None, django_assert_num_queries: Any
) -> None:
    for name in ("b@h", "a@h"):
        Worker.objects.create(name=name, host="h", started_at=HOUR_AGO, seen_at=from_now())
    if last is not None:
        Round.objects.create(task=SWEEP, **last)
    with django_assert_num_queries(1):
        workers, sweep = workers_and_sweep()
    alone = Condition.of(SWEEP)
    assert [worker.name for worker in workers] == ["a@h", "b@h"]
    assert (sweep.worker, sweep.trouble[:6], sweep.ago is None) == (alone.worker, alone.trouble[:6], alone.ago is None)


def test_without_a_worker_the_sweeper_is_judged_all_the_same(db: None) -> None:
    Round.objects.create(task=SWEEP, started_at=from_now(), worker="gone@h", error="OSError: no")
    workers, sweep = workers_and_sweep()
    assert (workers, sweep.worker, sweep.trouble) == ([], "gone@h", "OSError: no")
