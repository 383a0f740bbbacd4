"""Something a worker does every few seconds while it listens."""

from collections.abc import Callable, Iterator
from typing import Any

from celery import bootsteps

Calls = Iterator[tuple[float, Callable[..., None], tuple[Any, ...]]]


class Repeated(bootsteps.StartStopStep):
    """A step of the consumer that the worker's timer calls again and again.

    `calls(timer)`, a subclass's method, tells the seconds, function and arguments of each.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)
    calls: Callable[[Any], Calls]

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.timer_entries: list[Any] = []
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        for call in self.calls(consumer.timer):
            self.timer_entries.append(consumer.timer.call_repeatedly(*call))

    def stop(self, consumer: Any) -> None:
        while self.timer_entries:
            self.timer_entries.pop().cancel()

    shutdown = stop
