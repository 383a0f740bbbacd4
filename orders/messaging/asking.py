"""Sends a message and awaits its answer, as another program does: confirmed, and by RabbitMQ's direct reply-to.

https://www.rabbitmq.com/docs/direct-reply-to
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from amqp.exceptions import ChannelError, NotFound

from orders.messaging import foreign
from orders.messaging.looking import BROKEN, BrokerAway, connection, in_a_line
from orders.messaging.worker import wire

HEARTBEAT = 30  # seconds
REPLIES = "amq.rabbitmq.reply-to"


class NotTaken(Exception):
    """The broker did not take the message; why, in a line."""


class Full(NotTaken):
    """It may take the same later."""


class NoReply(Exception):
    """The broker has the message, and nobody answered in time."""


@dataclass(frozen=True)
class Reply:
    """What was answered, and of which type it is."""

    type: str
    body: bytes


class Asker:
    """Asks through one exchange, whose name is the routing key too. It connects when there is something to ask."""

    def __init__(self, exchange: str) -> None:
        self._exchange = exchange
        self._open = ExitStack()
        self._broker: Any = None
        self._asked = ""
        self._forget()
        wire.read_anything()

    def ask(self, body: bytes, message_id: str, seconds: float) -> Reply:
        """Raises NotTaken, NoReply after so many `seconds`, BrokerAway."""
        try:
            return self._ask(body, message_id, time.monotonic() + seconds)
        except ChannelError as error:
            self.close()
            raise NotTaken(self._explained(error)) from error
        except BROKEN as error:
            self.close()
            raise BrokerAway(in_a_line(error)) from error

    def close(self) -> None:
        self._broker = None
        self._open.close()

    def _forget(self) -> None:
        self._confirmed = False
        self._reply: Reply | None = None
        self._trouble: NotTaken | None = None

    def _ask(self, body: bytes, message_id: str, until: float) -> Reply:
        self._connect()
        self._forget()
        self._asked = message_id
        about = {"message_id": message_id, "correlation_id": message_id, "reply_to": REPLIES, "delivery_mode": 2}
        channel = self._broker.default_channel
        message = channel.prepare_message(
            body, content_type="application/json", content_encoding="utf-8", properties=about
        )
        channel.basic_publish(message, exchange=self._exchange, routing_key=self._exchange, mandatory=True)
        while not (self._confirmed and (self._reply or self._trouble)):
            self._wait(until)
        if self._trouble:
            raise self._trouble
        assert self._reply  # noqa: S101 - the loop ends with either
        return self._reply

    def _wait(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise NoReply("nobody answered" if self._confirmed else "the broker confirmed nothing")
        try:
            self._broker.drain_events(timeout=min(left, 1))
        except TimeoutError:
            self._broker.heartbeat_check()

    def _connect(self) -> None:
        if self._broker is None:
            self._broker = self._open.enter_context(connection(heartbeat=HEARTBEAT))
            channel = self._broker.default_channel
            channel.confirm_select()
            channel.events["basic_ack"].add(self._confirm)
            channel.events["basic_nack"].add(self._refuse)
            channel.events["basic_return"].add(self._take_back)
            channel.basic_consume(REPLIES, no_ack=True, callback=self._take)

    def _confirm(self, tag: int, multiple: bool) -> None:
        self._confirmed = True

    def _refuse(self, tag: int, multiple: bool) -> None:
        self._confirmed, self._trouble = True, Full(f"{self._exchange} takes no more: its queue is full")

    def _take_back(self, error: object, *about: object) -> None:
        self._trouble = NotTaken(f"There is no queue behind the exchange {self._exchange}.")

    def _take(self, message: Any) -> None:
        """The answer; one that comes late, to what was asked before, is dropped."""
        if message.properties.get("correlation_id") == self._asked:
            body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
            self._reply = Reply(str(message.properties.get("type", "")), body)

    def _explained(self, error: ChannelError) -> str:
        if isinstance(error, NotFound):
            return f"There is no exchange {self._exchange}: a worker makes it when it starts."
        return foreign.explain(error) or in_a_line(error)
