"""What keeps a worker's memory small."""

import gc
import heapq
from typing import Any

from celery.signals import worker_before_create_process
from kombu.asynchronous.timer import Timer

from orders.messaging.worker.repeated import Calls, Repeated

TIDY = 5  # seconds


@worker_before_create_process.connect
def freeze_before_fork(**kwargs: Any) -> None:
    """Keeps the parent's memory shared with the pool's processes (copy-on-write).

    A garbage collection writes to every object it visits, so the first one in a child would copy all pages. Frozen
    objects are not visited: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.freeze()


class TidyTimers(Repeated):
    """Forgets the time limits of tasks that have ended.

    Celery cancels a task's timer when the task ends, but keeps it until it would have fired: at 250 orders a second a
    minute's worth of them is 30 MB.
    """

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.enabled = isinstance(consumer.timer, Timer)  # Pools without an event loop have another kind.
        super().__init__(consumer, **options)

    def calls(self, timer: Any) -> Calls:
        yield TIDY, forget_cancelled, (timer,)


def forget_cancelled(timer: Timer) -> None:
    """Changes the list in place, as `Timer.clear` does: the event loop holds a reference to it."""
    timer._queue[:] = [event for event in timer._queue if not event.entry.canceled]
    heapq.heapify(timer._queue)
