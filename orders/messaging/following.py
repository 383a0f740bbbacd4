"""Takes messages out of a queue for somebody to look at: what other programs are told, or a queue of one's own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from amqp.exceptions import ChannelError, NotFound
from kombu import Connection, Queue

from orders.messaging import foreign
from orders.messaging.looking import BROKEN, BrokerAway, connection, in_a_line
from orders.messaging.queues import EVENTS, EVENTS_EXCHANGE
from orders.messaging.worker import wire

HEARTBEAT = 30  # seconds
AT_ONCE, ONE_BY_ONE = 100, 1  # messages that the broker sends ahead of their acknowledgement
# A broker's node is gone for a while, and what lay on it: https://www.rabbitmq.com/docs/clustering
COMES_BACK = "down or inaccessible"


class CannotFollow(Exception):
    """Another try would not help: what is in the way, and what to do."""


@dataclass(frozen=True)
class Taken:
    """A message as the broker brought it."""

    exchange: str
    routing_key: str
    redelivered: bool
    properties: dict[str, Any]
    body: bytes


class Follower:
    """Brings messages of `queue` (None: an exclusive one of its own) to `take`; each is acknowledged when that returns.

    `keys` bind the queue to the exchange of the events. `no_ack`: the broker forgets a message when it sends it.
    `over` counts the messages that came with nobody to take them any more: with `no_ack` they are lost.
    """

    def __init__(
        self, queue: str | None, keys: Sequence[str], take: Callable[[Taken], None], *, no_ack: bool = False
    ) -> None:
        self._queue, self._keys, self._take, self._no_ack = queue, keys, take, no_ack
        self._tag: str | None = None
        self.over = 0
        self.ended = False  # Set by whoever wants no more.
        wire.read_anything()

    @contextmanager
    def connected(self) -> Iterator[Callable[[float], None]]:
        """Yields what waits so many seconds for messages. Raises CannotFollow; BrokerAway, also from within."""
        with connection(heartbeat=HEARTBEAT) as broker:
            channel = broker.default_channel
            try:
                self._begin(channel)
            except ChannelError as error:
                raise self._explained(error) from error
            try:
                yield lambda seconds: self._wait(broker, seconds)
            except BROKEN:
                raise
            except BaseException:
                self.ended = True
                raise
            finally:
                if self.ended:
                    self._let_go(channel)

    def _begin(self, channel: Any) -> None:
        name = self._declared(channel)
        if not self._no_ack:
            channel.basic_qos(0, ONE_BY_ONE if self._queue else AT_ONCE, False)
        self._tag = channel.basic_consume(name, no_ack=self._no_ack, callback=self._receive, on_cancel=self._cancelled)

    def _declared(self, channel: Any) -> str:
        """The queue's name; it is made if `keys` say what shall come into it, and bound."""
        if self._queue and not self._keys:
            channel.queue_declare(self._queue, passive=True)
            return self._queue
        if self._queue:
            name = self._queue
            Queue(name, durable=True, queue_arguments={"x-queue-type": "quorum"})(channel).queue_declare()
        else:
            name = str(channel.queue_declare("", exclusive=True, auto_delete=True).queue)
        EVENTS_EXCHANGE(channel).declare()
        for key in self._keys:
            channel.queue_bind(name, EVENTS, key)
        return name

    def _explained(self, error: ChannelError) -> Exception:
        said = in_a_line(error)
        if COMES_BACK in said:
            return BrokerAway(said)
        if isinstance(error, NotFound) and self._queue:
            return CannotFollow(
                f"There is no queue {self._queue!r}. With --keys it is made, for the events of the desk."
            )
        return CannotFollow(foreign.explain(error) or said)

    def _wait(self, broker: Connection, seconds: float) -> None:
        try:
            broker.drain_events(timeout=seconds)
        except TimeoutError:
            broker.heartbeat_check()
        except ChannelError as error:
            raise self._explained(error) from error

    def _receive(self, message: Any) -> None:
        if self.ended:
            self.over += self._no_ack  # Else the broker has them back when the connection is closed.
            return
        about = message.delivery_info
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        redelivered = bool(about["redelivered"])
        self._take(Taken(about["exchange"], about["routing_key"], redelivered, dict(message.properties), body))
        if not self._no_ack:
            message.channel.basic_ack(about["delivery_tag"])

    def _let_go(self, channel: Any) -> None:
        """Has the broker send no more. What it has sent already comes first: counted, if nobody acknowledges it."""
        with suppress(*BROKEN):
            channel.basic_cancel(self._tag)

    def _cancelled(self, tag: str) -> None:
        raise CannotFollow(f"Somebody deleted the queue {self._queue!r}." if self._queue else "Its queue was deleted.")
