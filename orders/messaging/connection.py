"""Connections to RabbitMQ for publishing: publisher confirms, mandatory messages, and bounded waits."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from amqp.exceptions import ChannelError, InternalError, NotFound
from celery import current_app
from django.conf import settings
from kombu import Connection, Producer

from orders.messaging import foreign
from orders.messaging.message import Message

# Seconds. A blocked broker (memory or disk alarm) confirms nothing, and one that drops packets answers nothing: neither
# may keep its publisher waiting for ever. https://www.rabbitmq.com/docs/alarms
CONNECT_TIMEOUT, CONFIRM_TIMEOUT = 3, 5
MOST_UNCONFIRMED = 300  # messages
Answer = TypeVar("Answer")


class NotConfirmed(Exception):
    """The broker did not take all messages; which of them, nobody knows."""


class NotOurs(NotConfirmed):
    """A queue or exchange under a name of the desk's is somebody else's: what is different, and what to do."""


class Returned(NotConfirmed):
    """The broker has no queue for a message. The connection still works."""


class Refused(NotConfirmed):
    """The broker answered for all messages, and refused some: a queue is full. The connection still works."""

    which: Sequence[int] = ()  # Their places among those that were to be published.


class PublishingConnection:
    """Publishes and awaits the broker's confirms: once for many messages, not one by one.

    https://www.rabbitmq.com/docs/confirms#publisher-confirms
    """

    def __init__(self, connect: Callable[..., Connection] | None = None, *, confirms: bool | None = None) -> None:
        """`connect(**options)` makes an unopened kombu connection, as the settings say if not given."""
        self._connect = connect or current_app.connection_for_write
        self._confirms = not settings.BROKER_EMBEDDED if confirms is None else confirms  # Files need none.
        self._connection: Any = None
        self._looking: Any = None  # A second channel.
        self._unconfirmed: set[int] = set()
        self._declared: set[str] = set()
        self._published = 0
        self._refused, self._returned = set[int](), ""

    def publish(self, messages: Sequence[Message], *, may_be_gone: bool = False) -> None:
        """Returns when the broker has all of them on its disk.

        Tries a second connection, bounded, if the one it has was used before: it may have been cut, or a queue was
        deleted. `may_be_gone`: it is others', and no reason for that. Raises what kombu and the socket do, and ours.
        """
        theirs = (Refused, Returned, InternalError)
        self._twice(lambda: self._publish(messages), theirs if may_be_gone else Refused)

    def look_at(self, queue: str) -> tuple[int, bool]:
        """How many messages the broker holds ready in a queue, and whether anybody consumes it.

        A queue that somebody deleted is empty, and taken for consumed: publishing declares it anew. The embedded
        broker does not know its consumers. Raises as `publish`.
        """
        return self._twice(lambda: self._look_at(queue))

    def _twice(self, work: Callable[[], Answer], final: Any = Refused) -> Answer:
        deadline = time.monotonic() + CONFIRM_TIMEOUT
        used = self._connection is not None
        try:
            return self._try(work)
        except Exception as error:
            if isinstance(error, final) or not used or time.monotonic() >= deadline:
                raise
            self.drop()
            return self._try(work)

    def _try(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except Exception as error:
            if not isinstance(error, Refused | Returned):
                self.drop()
            raise

    def _look_at(self, queue: str) -> tuple[int, bool]:
        """On a channel of its own: the broker closes it if there is no such queue, and py-amqp opens it anew."""
        self._connected()
        if self._looking is None:
            self._looking = self._connection.channel()
        try:
            found = self._looking.queue_declare(queue, passive=True)
        except NotFound:
            return 0, True
        return int(found.message_count), bool(found.consumer_count or not self._confirms)

    def drop(self) -> None:
        connection, self._connection, self._looking = self._connection, None, None
        if connection is not None:
            with suppress(Exception):  # It is broken already.
                connection.collect()

    def _publish(self, messages: Sequence[Message]) -> None:
        producer = self._connected()
        self._refused, self._returned, first = set(), "", self._published + 1
        for start in range(0, len(messages), MOST_UNCONFIRMED):
            for message in messages[start : start + MOST_UNCONFIRMED]:
                self._declare(message.options["routing_key"])
                self._published += 1
                self._unconfirmed.add(self._published)
                producer.publish(message.body, **{"mandatory": True, **message.options})
            if self._confirms:
                self._await_confirms(self._connection)
        if self._returned:
            raise Returned(self._returned)
        if self._refused:
            error = Refused("the broker refused messages; a queue may be full")
            error.which = [tag - first for tag in sorted(self._refused)]
            raise error

    def _connected(self) -> Producer:
        if self._connection is None:
            self._unconfirmed, self._declared, self._published = set(), set(), 0
            bounds: dict[str, Any] = {}
            if self._confirms:
                bounds = {"read_timeout": CONFIRM_TIMEOUT, "write_timeout": CONFIRM_TIMEOUT, "confirm_publish": False}
            connection = self._connection = self._connect(connect_timeout=CONNECT_TIMEOUT, transport_options=bounds)
            # Each node of a cluster once; kombu would go round again, with pauses.
            retries = {"max_retries": max(0, len(connection.alt) - 1)}
            connection.transport_options = {**(connection.transport_options or {}), **retries}
            channel = connection.default_channel
            if self._confirms:
                self._listen(channel)
            self._producer = Producer(channel, auto_declare=False)
        return self._producer

    def _declare(self, name: str) -> None:
        """Makes the queue if it is not there, once a connection: no worker may have started yet."""
        if name not in self._declared and name in current_app.amqp.queues:
            try:
                current_app.amqp.queues[name](self._producer.channel).declare()
            except ChannelError as error:
                if why := foreign.explain(error):
                    raise NotOurs(why) from error
                raise
            self._declared.add(name)

    def _listen(self, channel: Any) -> None:
        channel.confirm_select()
        channel.events["basic_ack"].add(self._confirm)
        channel.events["basic_nack"].add(self._refuse)
        channel.events["basic_return"].add(self._take_back)

    def _confirm(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {other for other in self._unconfirmed if other > tag}
        else:
            self._unconfirmed.discard(tag)

    def _refuse(self, tag: int, multiple: bool) -> None:
        self._refused |= {other for other in self._unconfirmed if other <= tag} if multiple else {tag}
        self._confirm(tag, multiple)

    def _take_back(self, error: object, exchange: str, *message: object) -> None:
        """The broker returns a message that has no queue, and confirms it too."""
        self._returned = f"there is no queue behind the exchange {exchange!r}"

    def _await_confirms(self, connection: Any) -> None:
        deadline = time.monotonic() + CONFIRM_TIMEOUT
        while self._unconfirmed:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotConfirmed(f"{len(self._unconfirmed)} messages were not confirmed in {CONFIRM_TIMEOUT} s")
            connection.drain_events(timeout=left)


_own = threading.local()


def own_connection() -> PublishingConnection:
    """This thread's connection. A forked child opens one of its own: the parent's socket is not its to use."""
    if getattr(_own, "pid", None) != os.getpid():
        _own.pid, _own.connection = os.getpid(), PublishingConnection()
    found: PublishingConnection = _own.connection
    return found


def look_at(queue: str) -> tuple[int, bool]:
    """How many messages the broker holds ready in a queue, and whether anybody consumes it."""
    return own_connection().look_at(queue)
