"""The orders of one connection to the broker, between their arrival and their acknowledgement."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from orders.intake.arrival import Arrival, read
from orders.intake.reply import Reply
from orders.intake.taking import Outcome, answer_again, give_up, take
from orders.messaging.worker import in_pool

log = logging.getLogger(__name__)

AGAIN = 5  # seconds
TIME_LIMIT = 60  # seconds
MOST_TRIES = 5  # that ended a process, or found the order being placed elsewhere
MOST_DELIVERIES = 5  # that came back: each time the whole worker died, or lost its connection
CAME_BACK = "It came back from its workers too often; each of them died or lost its connection."
MOST_ANSWERS = 3  # tries


@dataclass(eq=False)
class Job:
    """A message, and what the pool has to do for it next."""

    message: Any  # of kombu
    arrival: Arrival
    function: Callable[..., Outcome | Reply] = take
    arguments: tuple[Any, ...] = ()
    tries: int = 0


class Reception:
    """Has a process of the pool take each order, and acknowledges it then.

    While the database is away it takes no more from the broker; those that it has it keeps, and tries with one of
    them whether the database answers again. Given back they would come at once, again and again.
    """

    def __init__(self, pool: Any, timer: Any, consumer: Any = None) -> None:
        """`consumer` is a kombu Consumer, paused by `cancel` and resumed by `consume`."""
        self.pool, self.timer, self.consumer = pool, timer, consumer
        self.open: list[Job] = []
        self.held: list[Job] = []
        self.paused = self.closed = self._will_try = False

    def take(self, message: Any, error: Exception | None = None) -> None:
        """Whatever it is, also what kombu could not read (`error`)."""
        arrival = read(message)
        message.body, message.headers, message.errors = b"", {}, []  # Else they would stay in memory until the end.
        job = Job(message, arrival, arguments=(arrival,))
        if arrival.returned >= MOST_DELIVERIES:
            job.function, job.arguments = give_up, (arrival, CAME_BACK)
        self.open.append(job)
        if self.paused:
            self._hold(job)
        else:
            self._work(job)

    def _work(self, job: Job) -> None:
        done, failed = partial(self._done, job), partial(self._failed, job)
        in_pool.run(self.pool, job.function, job.arguments, done=done, failed=failed, seconds=TIME_LIMIT)

    def _done(self, job: Job, result: Outcome | Reply) -> None:
        if result is Outcome.AWAY:
            self._pause()
            self._hold(job)
            return
        if isinstance(result, Reply):
            job.function, job.arguments, job.tries = answer_again, (result,), 1
            self._hold(job)
        elif result is Outcome.LATER:
            self._try_again(job, "it was being placed elsewhere each time")
        else:
            self._acknowledge(job)
        self._resume()

    def _failed(self, job: Job, error: BaseException) -> None:
        """Its process was killed, by the message perhaps."""
        log.warning("a process that worked on an order over AMQP ended: %s", type(error).__name__)
        self._try_again(job, f"the process that worked on it ended each time ({type(error).__name__})")

    def _try_again(self, job: Job, why: str) -> None:
        job.tries += 1
        if job.function is answer_again and job.tries >= MOST_ANSWERS:
            log.warning("an order over AMQP is not answered: the broker does not take the answer")
            self._acknowledge(job)
            return
        if job.function is take and job.tries >= MOST_TRIES:
            job.function, job.arguments = give_up, (job.arrival, f"The desk gave it up after {job.tries} tries: {why}.")
        self._hold(job)

    def _hold(self, job: Job) -> None:
        self.held.append(job)
        self._try_soon()

    def _try_soon(self) -> None:
        if self.held and not self._will_try:
            self._will_try = True
            self.timer.call_after(AGAIN, self._again)

    def _again(self) -> None:
        """All that are held; one of them as long as the database may be away, not always the same."""
        self._will_try = False
        if self.closed:
            return
        jobs = self.held[:1] if self.paused else self.held[:]
        del self.held[: len(jobs)]
        for job in jobs:
            self._work(job)
        self._try_soon()

    def _pause(self) -> None:
        if not (self.paused or self.closed):
            self.paused = True
            self._tell_broker("cancel")

    def _resume(self) -> None:
        if self.paused and not self.closed:
            self.paused = False
            self._tell_broker("consume")
            self._again()

    def _tell_broker(self, method: str) -> None:
        try:
            getattr(self.consumer, method)()
        except Exception as error:  # With the next connection everything begins anew.
            log.info("orders over AMQP: the broker could not be told to %s: %s", method, type(error).__name__)
            if method == "consume":  # Else this worker would take no order any more, and nobody would notice.
                with suppress(Exception):
                    self.consumer.channel.hang_up()

    def _acknowledge(self, job: Job) -> None:
        if job not in self.open:
            return
        self.open.remove(job)
        try:
            job.message.ack()
        except Exception as error:  # The connection is gone, and the broker brings it again.
            log.info("an order over AMQP could not be acknowledged: %s", type(error).__name__)

    def finish(self) -> None:
        """The worker ends, and Celery has dropped what no process had begun: takes what has no message_id itself.

        Given back it would be a dead letter that a person has to look at. What the pool does take is placed once all
        the same, though one of the two may have to wait for the other.
        """
        for job in [job for job in self.open if job.arrival.message_id is None]:
            for _ in range(MOST_TRIES):
                if (result := job.function(*job.arguments)) is not Outcome.LATER:
                    break
            if result not in (Outcome.AWAY, Outcome.LATER):
                self._acknowledge(job)
        connection.close()

    def close(self) -> None:
        """The connection is gone, and the broker brings all again that is not acknowledged."""
        self.closed = True
        self.held, self.open = [], []
