"""A worker's sign of life: a file that its main process touches, and what systemd's watchdog is told.

It says that the main process goes round, and nothing of broker and database: who restarts workers because those are
away makes an outage longer. Of pool, broker and database the worker's row tells (`orders.messaging.workers`).
"""

import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery.signals import worker_shutdown, worker_shutting_down
from django.conf import settings

from orders.messaging import systemd
from orders.messaging.workers import forget

log = logging.getLogger(__name__)

BEAT = 2.0  # seconds; less where the watchdog is quicker


class Pulse:
    """Of this process. `beat` comes from the event loop's timer and, while there is no broker, from the waiting."""

    def __init__(self) -> None:
        self.worker = ""
        self.beaten_at = float("-inf")
        self.complained = self.ready = False

    @property
    def file(self) -> Path | None:
        name = settings.WATCHING.alive_file
        return Path(name) if name else None

    @property
    def every(self) -> float:
        """Seconds between two beats."""
        return min(BEAT, (systemd.watchdog_seconds() or BEAT * 3) / 3)

    def begin(self, worker: str) -> None:
        self.worker = worker
        self._touch(new=True)

    def beat(self) -> None:
        """May be called as often as one likes. Never raises."""
        now = time.monotonic()
        if not self.worker or now - self.beaten_at < self.every * 0.9:
            return
        self.beaten_at = now
        systemd.tell(systemd.ALIVE)
        self._touch()

    def is_ready(self) -> None:
        """Its row was written: event loop, broker, pool and database work together."""
        self.ready = self.ready or systemd.tell(systemd.READY)

    def end(self) -> None:
        if self.file:
            with suppress(OSError):
                self.file.unlink(missing_ok=True)

    def _touch(self, *, new: bool = False) -> None:
        if not self.file:
            return
        try:
            if new or not self.file.exists():
                self.file.write_text(f"{self.worker}\n")
            else:
                self.file.touch()
        except OSError as error:
            if not self.complained:
                log.warning("SHOP_WORKER_ALIVE_FILE: %s can't be written: %s", self.file, error.strerror)
            self.complained = True


PULSE = Pulse()


@worker_shutting_down.connect
def tell_of_shutdown(**kwargs: Any) -> None:
    systemd.tell(systemd.STOPPING)


@worker_shutdown.connect
def end(**kwargs: Any) -> None:
    """The pool has ended; who looks for this worker should not find it any more."""
    PULSE.end()
    if PULSE.worker:
        forget(PULSE.worker)
