"""How long a thread waits for PostgreSQL.

psycopg2 waits in here instead of in libpq, which knows no bound for a server that is stopped or behind a black hole:
https://www.psycopg.org/docs/advanced.html#green-support, docs/decisions/0009-bounded-waits.md.
"""

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, set_wait_callback

# Every statement may wait so long, however late it begins: a process that is busy is no database that is silent.
AT_LEAST = 0.5  # seconds


class NoAnswer(psycopg2.OperationalError):
    """PostgreSQL did not answer in time. The connection is closed; whether the statement ran, nobody knows."""


class Bound(Protocol):
    def left(self, waited: float) -> float:
        """Seconds until it should be asked again; 0 or less: give up. `waited` is how long this wait has taken."""


class Each:
    """Each wait for the database may take so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def left(self, waited: float) -> float:
        return self.seconds - waited


class Together:
    """All waits from now on may take so many seconds together."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def left(self, waited: float) -> float:
        return max(self.ends - time.monotonic(), AT_LEAST - waited)


class _Within:
    """Another bound, and not more than so many seconds a wait."""

    def __init__(self, bound: Bound | None, seconds: float) -> None:
        self.bound, self.seconds = bound, seconds

    def left(self, waited: float) -> float:
        ours = self.seconds - waited
        return min(ours, self.bound.left(waited)) if self.bound else ours


class _Thread(threading.local):
    bound: Bound | None = None


_this = _Thread()


@contextmanager
def bounded(bound: Bound | None) -> Iterator[None]:
    """Bounds what this thread waits for PostgreSQL in the block, if `install` was called in this process."""
    before, _this.bound = _this.bound, bound
    try:
        yield
    finally:
        _this.bound = before


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Each wait in the block takes so long at most, and no longer than it might outside; None: changes nothing."""
    with bounded(_Within(_this.bound, seconds) if seconds is not None else _this.bound):
        yield


def install(always: Bound | None = None) -> None:
    """Has psycopg2 wait in here, in all threads; `always` bounds those that say nothing else.

    Management commands say nothing: they wait as long as it takes, but a signal ends that, which in libpq it does not.
    """
    _Thread.bound = always
    set_wait_callback(_wait)


def _wait(connection: Any) -> None:
    """Returns when the connection has its answer. Whatever is raised here makes psycopg2 close the connection."""
    started = 0.0
    while (state := connection.poll()) != POLL_OK:
        started = started or time.monotonic()
        milliseconds = None
        if bound := _this.bound:
            left = bound.left(time.monotonic() - started)
            if left <= 0:
                _hang_up(connection)
                raise NoAnswer("the database did not answer in time")
            milliseconds = left * 1000
        poller = select.poll()  # `select.select` knows no descriptors from 1024 on.
        poller.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        poller.poll(milliseconds)


def _hang_up(connection: Any) -> None:
    """Nothing more can be sent, so that libpq's farewell can't wait for room in a full buffer."""
    with (
        suppress(OSError, psycopg2.Error),
        socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as it,
    ):
        it.shutdown(socket.SHUT_RDWR)
