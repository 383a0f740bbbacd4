"""The worker's clock: it does the periodic tasks, so that operators start no `celery beat`."""

import logging
import random
import time
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.conf import settings

from orders.messaging import periodic
from orders.messaging.periodic import SWEEP
from orders.messaging.worker import in_pool
from orders.messaging.worker.repeated import Calls, Repeated

log = logging.getLogger(__name__)

# So many intervals later a worker comes again that found the work done by another. Among many workers one does the
# rounds then, the others hardly ask; and when that one is gone the next is there soon.
FOLLOW = (5, 10)


class Clock(Repeated):
    """Has a process of the worker's own pool take part in each task of settings.PERIODIC_TASKS, at its interval.

    Whatever queues a worker consumes, it does this; the broker has no part in it. Who did the last sweep does the other
    tasks as well, so that the rest of the workers cost the database next to nothing.
    """

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.leads = False
        self.ended: set[str] = set()  # tasks of which the last round here has certainly ended
        self.next_at: defaultdict[str, float] = defaultdict(float)  # monotonic seconds; while one runs: its limit
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        self.pool, self.worker = consumer.pool, consumer.hostname
        self.next_at.clear()  # A pool that was flushed with the broker's connection answers nothing any more.
        super().start(consumer)

    def calls(self, timer: Any) -> Calls:
        for task, interval in settings.PERIODIC_TASKS.items():
            yield interval.total_seconds(), self.tick, (task, interval)

    def tick(self, task: str, interval: timedelta) -> None:
        now = time.monotonic()
        if now < self.next_at[task] or not (self.leads or task == SWEEP):
            return
        limit = settings.STEP_TIME_LIMIT.total_seconds()
        self.next_at[task] = now + 2 * limit  # If nobody ever answers.
        ended = task in self.ended
        self.ended.discard(task)
        in_pool.run(
            self.pool,
            periodic.take_part,
            (task, self.worker, ended),
            done=lambda ours: self.come_again(task, interval, 0 if ours else random.uniform(*FOLLOW)),  # noqa: S311
            failed=lambda error: self.failed(task, interval, error),
            seconds=limit,
        )

    def come_again(self, task: str, interval: timedelta, intervals: float) -> None:
        """With the next tick, or after so many intervals."""
        self.ended.add(task)
        if task == SWEEP:
            self.leads = not intervals
        self.next_at[task] = time.monotonic() + interval.total_seconds() * (intervals - periodic.OVER)

    def failed(self, task: str, interval: timedelta, error: BaseException) -> None:
        log.warning("%s did not come to its end: %s: %s", task, type(error).__name__, error)
        self.come_again(task, interval, 0)
