"""The dead letters of one connection to the broker, between their arrival and their acknowledgement."""

import logging
from functools import partial
from typing import Any

from orders.messaging import dead_letters
from orders.messaging.letter import Letter, read, text
from orders.messaging.worker import in_pool

log = logging.getLogger(__name__)

MOST_LETTERS, MOST_BYTES = 100, 8_388_608  # of a batch
GATHER = 0.2  # seconds in which letters gather
SAVE_AGAIN = 5  # seconds
TIME_LIMIT = 60  # seconds

Arrived = tuple[Any, Letter]  # a kombu Message, and what is kept of it


class Inbox:
    """Gathers letters, has a process of the pool save them, acknowledges them then; one batch at a time.

    `others`: their channel has other messages too, which must not be acknowledged with them.
    """

    def __init__(self, pool: Any, timer: Any, *, others: bool = False) -> None:
        self.pool, self.timer, self.others = pool, timer, others
        self.arrived: list[Arrived] = []
        self.busy = self.closed = False

    def take(self, message: Any, error: Exception | None = None) -> None:
        """Whatever it is, also what kombu could not read (`error`)."""
        letter = read(message)
        message.body, message.headers, message.errors = b"", {}, []  # Else they would stay in memory until the end.
        self._add(message, letter)

    def refuse(self, message: Any, why: str) -> None:
        """A message of a work queue that the worker refuses: dead by its word, whatever the message says of itself."""
        letter = read(message)
        queue = text((message.delivery_info or {}).get("routing_key"), 255)
        letter.death, letter.why = {"reason": "rejected", "queue": queue}, why
        self._add(message, letter)

    def _add(self, message: Any, letter: Letter) -> None:
        self.arrived.append((message, letter))
        if len(self.arrived) >= MOST_LETTERS:
            self.save()
        elif len(self.arrived) == 1:
            self.timer.call_after(GATHER, self.save)

    def save(self) -> None:
        if self.busy or self.closed or not self.arrived:
            return
        self.busy = True
        batch = self._batch()
        del self.arrived[: len(batch)]
        letters = [letter for _, letter in batch]
        done, failed = partial(self._saved, batch), partial(self._failed, batch)
        in_pool.run(self.pool, dead_letters.keep_all, (letters,), done=done, failed=failed, seconds=TIME_LIMIT)

    def _batch(self) -> list[Arrived]:
        """What arrived first: bounded, since it is copied to the pool's process; one at least."""
        batch: list[Arrived] = []
        weight = 0
        for message, letter in self.arrived[:MOST_LETTERS]:
            weight += len(letter.body)
            if batch and weight > MOST_BYTES:
                break
            batch.append((message, letter))
        return batch

    def _saved(self, batch: list[Arrived], result: object = None) -> None:
        try:
            if self.others:
                for message, _ in batch:
                    message.ack()
            else:
                batch[-1][0].ack(multiple=True)  # And all before it: none of them arrived later.
        except Exception as error:  # The connection is gone. The broker brings them again, and they become rows twice.
            log.info("saved dead letters could not be acknowledged: %s", type(error).__name__)
        self.busy = False
        self.save()

    def _failed(self, batch: list[Arrived], error: BaseException) -> None:
        """The messages stay unacknowledged, so nothing is lost."""
        if self.closed:
            return
        why = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        log.error("%d dead letters could not be saved; again in %d s: %.300s", len(batch), SAVE_AGAIN, why)
        self.arrived[:0] = batch
        self.timer.call_after(SAVE_AGAIN, self._again)

    def _again(self) -> None:
        self.busy = False
        self.save()

    def close(self) -> None:
        """The connection is gone, and the broker brings all again that is not acknowledged."""
        self.closed = True
        self.arrived = []
