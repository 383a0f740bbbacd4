"""Ctrl-C in a command that runs for long: it ends the waiting, never a piece of work that has begun."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 3.0  # seconds that a piece of work has after a signal
LAST = 10.0  # seconds after which a signal ends a process that has not ended by itself


class Interrupts:
    """While it is entered the first signal raises KeyboardInterrupt, once; later ones do nothing for LAST seconds.

    A signal that comes in `whole` is kept until its end, so that what was done is also counted; but no longer than
    PATIENCE, and a second one does not wait for it at all. (SIGINT is taken even where a shell starts a program in its
    background with SIGINT ignored.)
    """

    def __init__(self) -> None:
        self._inside = self._pending = self.over = False
        self._ended_at = 0.0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interrupts":
        self._before = {number: signal.signal(number, self._take) for number in (*SIGNALS, signal.SIGALRM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_IGN if self.over else handler)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """A piece of work that a first signal does not interrupt."""
        self._inside = True
        try:
            yield
        finally:
            self._inside = False
        if self._pending:
            self._end()

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self.over:
            if time.monotonic() - self._ended_at > LAST:
                os._exit(130)
        elif self._inside and not self._pending:
            self._pending = True
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        else:
            self._end()

    def _end(self) -> None:
        self.over, self._ended_at = True, time.monotonic()
        raise KeyboardInterrupt
