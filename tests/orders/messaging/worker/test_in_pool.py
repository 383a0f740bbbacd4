"""Work in the pool's processes: its end is always told, whatever the pool and whatever becomes of the process."""

import os
import signal
import time
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import current_app
from celery.concurrency import prefork, solo
from kombu.asynchronous import Hub, set_event_loop

from orders.messaging.worker import in_pool

PATIENCE = 20.0  # seconds


class Loop:
    """A pool of one process, and how its answers come in."""

    def __init__(self, kind: str) -> None:
        self.answers: Queue[Any] = Queue()
        self.hub = Hub() if kind == "event loop" else None
        pool: Any = solo.TaskPool if kind == "solo" else prefork.TaskPool
        set_event_loop(self.hub)
        options = {"threads": self.hub is None} if kind != "solo" else {}
        self.pool = pool(1, app=current_app, initargs=(current_app, "test"), **options)
        self.pool.start()
        if self.hub:
            self.pool.register_with_event_loop(self.hub)

    def run(self, function: Any, *arguments: Any, seconds: float = PATIENCE) -> Any:
        """None when it is done, else the error."""
        done, failed = lambda _: self.answers.put(None), self.answers.put
        in_pool.run(self.pool, function, arguments, done=done, failed=failed, seconds=seconds)
        deadline = time.monotonic() + PATIENCE
        while self.answers.empty() and time.monotonic() < deadline:
            if self.hub:
                next(self.hub.loop)
            else:
                time.sleep(0.01)
        return self.answers.get_nowait()

    def end(self) -> None:
        self.pool.terminate()
        set_event_loop(None)


@pytest.fixture(params=["event loop", "threads", "solo"])
def loop(request: pytest.FixtureRequest) -> Iterator[Loop]:
    made = Loop(request.param)
    yield made
    made.end()


@pytest.fixture(params=["event loop", "threads"])
def processes(request: pytest.FixtureRequest) -> Iterator[Loop]:
    made = Loop(request.param)
    yield made
    made.end()


def test_what_is_done_is_told(loop: Loop) -> None:
    assert loop.run(os.getpid) is None


def test_what_is_raised_is_told(loop: Loop) -> None:
    assert isinstance(loop.run(int, "x"), ValueError)


def test_a_killed_process_is_told(processes: Loop) -> None:
    assert isinstance(processes.run(signal.raise_signal, signal.SIGKILL), WorkerLostError)
    assert processes.run(os.getpid) is None


def test_what_takes_too_long_is_ended_and_told(processes: Loop) -> None:
    assert isinstance(processes.run(time.sleep, 60, seconds=1), TimeLimitExceeded)
