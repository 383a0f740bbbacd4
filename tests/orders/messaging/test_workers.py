"""The workers' rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.models import QuerySet

from orders.database.clock import from_now
from orders.messaging import workers
from orders.messaging.workers import Worker, forget_gone, tell
from orders.tasks import forget_workers

pytestmark = pytest.mark.django_db

FACTS = {"host": "packing", "queues": ["desk", "sap"], "processes": 3, "version": "1.2"}


def seen(name: str, ago: timedelta) -> None:
    Worker.objects.create(name=name, host="h", started_at=from_now(-ago), seen_at=from_now(-ago))


def test_a_worker_is_written_down_and_then_costs_one_statement_each_time(django_assert_num_queries: Any) -> None:
    assert tell("night@packing", FACTS, True)
    first = Worker.objects.get()
    assert (first.name, first.queues, first.processes, first.started_at) == (
        "night@packing", ["desk", "sap"], 3, first.seen_at,
    )  # fmt: skip
    with django_assert_num_queries(1):
        assert tell("night@packing", {**FACTS, "queues": ["desk"]}, False)
    again = Worker.objects.get()
    assert again.seen_at > first.seen_at
    assert (again.started_at, again.queues) == (first.started_at, ["desk"])


def test_a_worker_that_starts_anew_under_its_name_says_when() -> None:
    seen("night@packing", timedelta(days=3))
    tell("night@packing", FACTS, True)
    row = Worker.objects.get()
    assert row.started_at == row.seen_at
    assert list(Worker.alive()) == [row]


def test_who_was_not_seen_for_longer_than_a_step_may_take_is_not_alive() -> None:
    seen("old@h", settings.STEP_TIME_LIMIT + timedelta(seconds=16))
    seen("busy@h", settings.STEP_TIME_LIMIT + timedelta(seconds=10))
    assert [worker.name for worker in Worker.alive()] == ["busy@h"]


def test_rows_of_workers_long_gone_are_deleted() -> None:
    seen("last-week@h", timedelta(days=6))
    seen("yesterday@h", timedelta(hours=23))
    forget_workers()
    assert [worker.name for worker in Worker.objects.all()] == ["yesterday@h"]
    assert forget_gone() == 0


def test_a_connection_that_was_cut_meanwhile_is_replaced_and_the_row_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    tell("night@packing", FACTS, True)
    checked: list[bool] = []
    update, cut = QuerySet.update, iter([OperationalError("server closed the connection")])

    def once(self: Any, **values: Any) -> int:
        for error in cut:
            raise error
        return update(self, **values)

    monkeypatch.setattr(QuerySet, "update", once)
    monkeypatch.setattr(workers, "check_database", lambda: checked.append(True))
    assert tell("night@packing", {**FACTS, "processes": 5}, False)
    assert Worker.objects.get().processes == 5
    assert checked == [True]
    tell("night@packing", FACTS, False)
    assert checked == [True]  # Only what has failed is looked at.


def test_a_database_that_is_away_is_no_error_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(workers.Worker.objects, "filter", away)
    told: list[str] = []
    monkeypatch.setattr(workers.outage, "tell", lambda error, consequence: told.append(consequence))
    assert tell("night@packing", FACTS, False) is False
    assert told == ["the worker's row is not renewed"]
    workers.forget("night@packing")
