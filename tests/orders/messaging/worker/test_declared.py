"""How often a worker sees to it that its queues can be reached."""

from types import SimpleNamespace
from typing import Any

import pytest

from orders.messaging import declaring
from orders.messaging.worker.clock import Clock
from orders.messaging.worker.consumer import Consumer
from orders.messaging.worker.declared import EVERY, Declared


class Pool:
    """Keeps what it is to do."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Any, dict[str, Any]]] = []

    def apply_async(self, function: Any, arguments: Any, **options: Any) -> None:
        self.jobs.append((function, options))


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def clock() -> Clock:
    """Of a worker that did the last sweep."""
    found = Clock(SimpleNamespace(steps=[]))
    found.leads = True
    return found


@pytest.fixture
def step(pool: Pool, clock: Clock) -> Declared:
    """Started, as a worker does it."""
    calls: list[Any] = []
    timer = SimpleNamespace(call_repeatedly=lambda *call: calls.append(call))
    found = Declared(SimpleNamespace(steps=[]))
    found.start(SimpleNamespace(timer=timer, pool=pool, steps=[object(), clock, found]))
    assert calls == [(EVERY, found.look, ())]
    return found


def test_every_worker_has_it() -> None:
    assert f"{Declared.__module__}:{Declared.__name__}" in Consumer.Blueprint.default_steps


def test_it_has_the_pool_declare_them(step: Declared, pool: Pool) -> None:
    step.look()
    ((function, _),) = pool.jobs
    assert function is declaring.declare_all


def test_one_worker_of_all_does_it(step: Declared, clock: Clock, pool: Pool) -> None:
    clock.leads = False
    step.look()
    assert pool.jobs == []


def test_while_one_waits_for_a_process_no_second_one_does(step: Declared, pool: Pool) -> None:
    step.look()
    step.look()
    assert len(pool.jobs) == 1
    pool.jobs[0][1]["callback"](None)
    step.look()
    assert len(pool.jobs) == 2


def test_one_whose_process_was_killed_is_followed_by_the_next(step: Declared, pool: Pool) -> None:
    step.look()
    step.failed(RuntimeError("killed"))
    step.look()
    assert len(pool.jobs) == 2
