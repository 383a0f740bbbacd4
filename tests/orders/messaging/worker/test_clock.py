"""How often a worker comes for the periodic tasks."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from orders.messaging import periodic
from orders.messaging.worker import clock
from orders.messaging.worker.clock import Clock

SWEEP = periodic.SWEEP


class Pool:
    """Keeps what it is to do, and answers as told."""

    def __init__(self) -> None:
        self.jobs: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def apply_async(self, function: Callable[..., object], arguments: Any, **options: Any) -> None:
        assert function is periodic.take_part
        self.jobs.append((arguments, options))

    def answer(self, result: bool) -> None:
        self.jobs[-1][1]["callback"](result)


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [1000.0]
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


@pytest.fixture
def ticks(pool: Pool) -> Callable[[], None]:
    ours = Clock(SimpleNamespace(steps=[]))
    timer = SimpleNamespace(call_repeatedly=lambda *call: None)
    ours.start(SimpleNamespace(timer=timer, pool=pool, hostname="me@host"))
    interval = settings.PERIODIC_TASKS[SWEEP]
    return lambda: ours.tick(SWEEP, interval)


def test_one_that_gets_its_turn_comes_with_every_tick(
    pool: Pool, at: Callable[[float], None], ticks: Callable[[], None]
) -> None:
    for _ in range(3):
        ticks()
        pool.answer(True)
        at(2)
    assert [arguments for arguments, _ in pool.jobs] == [(SWEEP, "me@host", False)] + [(SWEEP, "me@host", True)] * 2


def test_one_that_finds_it_done_comes_again_after_five_to_ten_intervals(
    pool: Pool, at: Callable[[float], None], ticks: Callable[[], None]
) -> None:
    ticks()
    pool.answer(False)
    asked = []
    for n in range(1, 12):
        at(2)
        ticks()
        if len(pool.jobs) > 1:
            asked.append(n)
    assert 5 <= asked[0] <= 10


def test_a_round_that_runs_gets_no_second_one_until_its_process_is_certainly_gone(
    pool: Pool, at: Callable[[float], None], ticks: Callable[[], None]
) -> None:
    ticks()
    for _ in range(59):
        at(2)
        ticks()
    assert len(pool.jobs) == 1
    at(4)
    ticks()
    assert len(pool.jobs) == 2


def test_a_process_that_was_killed_is_followed_by_another_round(
    pool: Pool, at: Callable[[float], None], ticks: Callable[[], None]
) -> None:
    ticks()
    pool.jobs[-1][1]["error_callback"](SimpleNamespace(exception=RuntimeError("killed")))
    at(2)
    ticks()
    assert len(pool.jobs) == 2


def test_who_did_the_last_sweep_does_the_other_tasks_and_nobody_else(pool: Pool, at: Callable[[float], None]) -> None:
    ours = Clock(SimpleNamespace(steps=[]))
    ours.start(
        SimpleNamespace(timer=SimpleNamespace(call_repeatedly=lambda *call: None), pool=pool, hostname="me@host")
    )

    def tick_all() -> list[str]:
        pool.jobs.clear()
        for task, interval in settings.PERIODIC_TASKS.items():
            ours.tick(task, interval)
        return [task for (task, *_), _ in pool.jobs]

    assert tick_all() == [SWEEP]
    pool.answer(True)
    at(2)
    assert tick_all() == list(settings.PERIODIC_TASKS)
    pool.jobs[0][1]["callback"](False)
    at(60)
    assert tick_all() == [SWEEP]


def test_every_periodic_task_has_its_interval() -> None:
    ours = Clock(SimpleNamespace(steps=[]))
    told = {task: seconds for seconds, _, (task, _) in ours.calls(None)}
    assert told == {task: every.total_seconds() for task, every in settings.PERIODIC_TASKS.items()}


def test_rounds_go_on_after_the_brokers_connection_was_lost_with_what_the_pool_did(
    pool: Pool, at: Callable[[float], None]
) -> None:
    ours = Clock(SimpleNamespace(steps=[]))
    consumer = SimpleNamespace(timer=SimpleNamespace(call_repeatedly=lambda *call: None), pool=pool, hostname="me@host")
    for _ in range(2):  # The first one's answer never comes.
        ours.start(consumer)
        ours.tick(SWEEP, settings.PERIODIC_TASKS[SWEEP])
        at(2)
    assert [arguments for arguments, _ in pool.jobs] == [(SWEEP, "me@host", False)] * 2
