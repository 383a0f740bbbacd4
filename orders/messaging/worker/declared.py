"""Of all workers one sees to it now and then that exchanges and bindings are there.

A queue that is deleted ends its consumer, and the worker connects anew. Of a deleted exchange or binding it hears
nothing: orders of other programs would find no way in, and dead letters none out, until some worker's next start.
"""

import logging
import time
from typing import Any

from django.conf import settings

from orders.messaging import declaring
from orders.messaging.worker import in_pool
from orders.messaging.worker.clock import Clock
from orders.messaging.worker.repeated import Calls, Repeated

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds
LIMIT = 30.0  # seconds


class Declared(Repeated):
    """Has a process of the pool declare them, in the worker that did the last sweep; while all are busy it waits."""

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.enabled = not settings.BROKER_EMBEDDED
        self.free_at = float("-inf")  # monotonic seconds; while one runs: when nobody will answer any more
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        self.pool, self.steps = consumer.pool, consumer.steps
        self.free_at = float("-inf")  # A pool that was flushed with the broker's connection answers nothing any more.
        super().start(consumer)

    def calls(self, timer: Any) -> Calls:
        yield EVERY, self.look, ()

    def look(self) -> None:
        now = time.monotonic()
        if now < self.free_at or not any(step.leads for step in self.steps if isinstance(step, Clock)):
            return
        self.free_at = now + 2 * settings.STEP_TIME_LIMIT.total_seconds()
        in_pool.run(self.pool, declaring.declare_all, (), done=self.free, failed=self.failed, seconds=LIMIT)

    def free(self, result: object = None) -> None:
        self.free_at = float("-inf")

    def failed(self, error: BaseException) -> None:
        self.free()
        log.warning("the queues were not declared anew: %s: %s", type(error).__name__, error)
