"""Keeps the worker's row young: through the pool, so that it proves event loop, broker, pool and database at once."""

import logging
import socket
import time
from typing import Any

from django.conf import settings

from orders.messaging import workers
from orders.messaging.worker import in_pool
from orders.messaging.worker.pulse import PULSE
from orders.messaging.worker.repeated import Calls, Repeated

log = logging.getLogger(__name__)


class Presence(Repeated):
    """One statement every `workers.EVERY` seconds. While all processes are busy it waits, and so does the row."""

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.known = False  # This worker has written its row before.
        self.free_at = float("-inf")  # monotonic seconds; while one runs: its limit
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        self.pool, self.worker, self.app = consumer.pool, consumer.hostname, consumer.app
        self.free_at = float("-inf")  # A pool that was flushed with the broker's connection answers nothing any more.
        super().start(consumer)
        consumer.timer.call_after(0, self.tell)

    def calls(self, timer: Any) -> Calls:
        yield PULSE.every, PULSE.beat, ()
        yield workers.EVERY, self.tell, ()

    def tell(self) -> None:
        if time.monotonic() < self.free_at:
            return
        limit = settings.STEP_TIME_LIMIT.total_seconds()
        self.free_at = time.monotonic() + 2 * limit  # If nobody ever answers.
        in_pool.run(
            self.pool,
            workers.tell,
            (self.worker, self.facts(), not self.known),
            done=self.told,
            failed=self.failed,
            seconds=limit,
        )

    def facts(self) -> dict[str, Any]:
        """What the row says beside its times; `add_consumer` may change the queues."""
        return {
            "host": socket.gethostname()[:255],
            "queues": sorted(self.app.amqp.queues.consume_from),
            "processes": int(getattr(self.pool, "num_processes", None) or 1),
            "version": settings.WATCHING.version[:32],
        }

    def told(self, written: bool) -> None:
        self.free_at = float("-inf")
        if written:
            self.known = True
            PULSE.is_ready()

    def failed(self, error: BaseException) -> None:
        self.free_at = float("-inf")
        log.warning("the worker's row was not written: %s: %s", type(error).__name__, error)
