"""How a worker listens: bulkheads between queues, the clock's ticks, and nothing dropped that can't be read."""

import gc
import heapq
import logging
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import kombu
from celery import bootsteps, current_app
from celery.signals import task_prerun, worker_before_create_process
from celery.worker.consumer import Consumer as CeleryConsumer
from django.conf import settings
from django.db import close_old_connections, connection
from kombu.asynchronous.timer import Timer

from orders.messaging import dead_letters
from orders.messaging.queues import ORDERS, dead_letter_queue
from orders.messaging.worker import shutdown  # noqa: F401 - shutdown listens to the worker's signals

log = logging.getLogger(__name__)

SAVE_AGAIN = 5  # seconds
TIDY = 5  # seconds
IDLE = 1.0  # seconds after which a connection may have gone bad


class Repeated(bootsteps.StartStopStep):
    """Something a worker does every few seconds while it listens."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.timer_entries: list[Any] = []
        super().__init__(consumer, **options)

    def calls(self, timer: Any) -> Iterator[tuple[float, Callable[..., None], tuple[Any, ...]]]:
        """Seconds, function and arguments of each."""
        raise NotImplementedError

    def start(self, consumer: Any) -> None:
        for call in self.calls(consumer.timer):
            self.timer_entries.append(consumer.timer.call_repeatedly(*call))

    def stop(self, consumer: Any) -> None:
        while self.timer_entries:
            self.timer_entries.pop().cancel()

    shutdown = stop


class Clock(Repeated):
    """Publishes the short tasks of settings.PERIODIC_TASKS every few seconds, so that operators start nothing else.

    Any number of workers may tick: the tasks themselves see to it that nothing is done twice.
    """

    def calls(self, timer: Any) -> Iterator[tuple[float, Callable[..., None], tuple[Any, ...]]]:
        for task, interval in settings.PERIODIC_TASKS.items():
            seconds = interval.total_seconds()
            yield seconds, self.tick, (task, seconds)

    def tick(self, task: str, seconds: float) -> None:
        """One message, which expires when the next are due, so that none pile up."""
        try:
            current_app.send_task(task, expires=seconds * 3, retry=False, ignore_result=True)
        except Exception as error:
            log.warning("clock: no tick for %s: %s: %s", task, type(error).__name__, error)


class TidyTimers(Repeated):
    """Forgets the time limits of tasks that have ended.

    Celery cancels a task's timer when the task ends, but keeps it until it would have rung: at 250 orders a second a
    minute's worth of them is 30 MB.
    """

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.enabled = isinstance(consumer.timer, Timer)  # Pools without an event loop have another kind.
        super().__init__(consumer, **options)

    def calls(self, timer: Any) -> Iterator[tuple[float, Callable[..., None], tuple[Any, ...]]]:
        yield TIDY, forget_cancelled, (timer,)


def forget_cancelled(timer: Timer) -> None:
    """The list stays the same one, as in `Timer.clear`: the event loop holds on to it."""
    timer._queue[:] = [event for event in timer._queue if not event.entry.canceled]
    heapq.heapify(timer._queue)


class DeadLetters(bootsteps.ConsumerStep):
    """Turns every dead letter into a row, and acknowledges it then; tries again while the database is away."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.enabled = not settings.BROKER_EMBEDDED  # The file-system broker has no dead letters of its own.
        super().__init__(consumer, **options)

    def get_consumers(self, channel: Any) -> list[kombu.Consumer]:
        channel.basic_qos(0, 10, False)
        return [kombu.Consumer(channel, [dead_letter_queue()], on_message=self.keep, accept=None)]

    def start(self, consumer: Any) -> None:
        self.timer = consumer.timer
        super().start(consumer)

    def keep(self, message: Any) -> None:
        try:
            if not dead_letters.is_stale_tick(message):
                dead_letters.keep(message)
            if dead_letters.was_unroutable(message):
                self.declare_queues(message.channel)
        except Exception:  # The message is held unacknowledged, so nothing is lost.
            log.exception("a dead letter could not be saved; trying again in %d s", SAVE_AGAIN)
            self.timer.call_after(SAVE_AGAIN, self.keep, (message,))
        else:
            message.ack_log_error(log, (ConnectionError, OSError))
        finally:
            connection.close()  # The pool's processes are forked from this one: they must not inherit it.

    @staticmethod
    def declare_queues(channel: Any) -> None:
        """Somebody deleted a queue or its binding: makes them anew, as at the worker's start."""
        for queue in current_app.amqp.queues.values():
            queue(channel).declare()


def share(processes: int, destinations: int) -> int:
    """How many of a worker's processes one queue may take: a fair share, rounded up where one is left for each other.

    See docs/decisions/0003-bulkheads-by-prefetch.md.
    """
    if destinations < 2:
        return processes
    return max(1, min(math.ceil(processes / destinations), (processes - 1) // (destinations - 1)))


class Consumer(CeleryConsumer):
    """Celery's consumer with the desk's bootstep, a share of the pool per queue, and dead letters instead of losses."""

    class Blueprint(CeleryConsumer.Blueprint):
        # Delayed delivery would declare 28 queues for countdowns; the desk has none.
        default_steps = [
            step for step in CeleryConsumer.Blueprint.default_steps if "delayed_delivery" not in str(step)
        ] + [
            "orders.messaging.worker.consumer:Clock",
            "orders.messaging.worker.consumer:TidyTimers",
            "orders.messaging.worker.consumer:DeadLetters",
        ]

    initial_prefetch_count: int

    def __init__(self, *args: Any, worker_options: dict[str, Any] | None = None, **kwargs: Any) -> None:
        # Workers have nothing to tell each other: the rows are the only state.
        quiet = {"without_mingle": True, "without_gossip": True}
        super().__init__(*args, worker_options={**(worker_options or {}), **quiet}, **kwargs)
        if not settings.BROKER_EMBEDDED:
            # Prefetch counts per queue with quorum queues. As unacknowledged means "in the pool", a share of the pool
            # per queue is a bulkhead: a destination that hangs can't take the other destinations' processes. The
            # desk's own tasks never wait for the outside: their queue is not counted.
            destinations = len(self.app.amqp.queues.consume_from.keys() - {ORDERS})
            self.initial_prefetch_count = share(self.initial_prefetch_count, destinations)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """An undecodable message becomes a dead letter. (Celery would acknowledge it, and it would be gone.)"""
        self._refuse(message)

    def on_unknown_message(self, body: Any, message: Any) -> None:
        self._refuse(message)

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        self._refuse(message)

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        self._refuse(message)

    def _refuse(self, message: Any) -> None:
        """To the dead letters: by the broker, or straight into a row where the broker has none."""
        if settings.BROKER_EMBEDDED:
            message.headers["x-death"] = [{"reason": "rejected", "queue": message.delivery_info.get("routing_key")}]
            dead_letters.keep(message)
            connection.close()
        message.reject_log_error(log, self.connection_errors)


@worker_before_create_process.connect
def keep_memory_shared(**kwargs: Any) -> None:
    """The collector leaves alone what is there before a fork: its visits would give each child a copy of its own."""
    gc.freeze()


class Checked:
    """When this process last looked whether its database connection is alive."""

    at = 0.0


@task_prerun.connect
def check_database(**kwargs: Any) -> None:
    """Connections are kept between tasks. One that was idle, or has failed, is looked at before the next task uses it.

    (Not before every task: that would be one more round trip for each. A claim tries a second connection itself.)
    """
    now = time.monotonic()
    if connection.errors_occurred or now - Checked.at > IDLE:
        close_old_connections()
    Checked.at = now
