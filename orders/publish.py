"""Puts messages on the broker: confirmed, persistent, mandatory, and never waiting longer than a few seconds.

Messages are hints. Whatever fails here, the rows stay, and the sweeper publishes them again.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from celery import current_app
from django.conf import settings
from kombu import Connection, Producer

from orders.messages import Message, Template, order_template, settle_template, step_template

# Seconds. A blocked broker (memory or disk alarm) confirms nothing, and one that drops packets answers nothing: neither
# may hold its publisher for ever. https://www.rabbitmq.com/docs/alarms
CONNECT_TIMEOUT, CONFIRM_TIMEOUT = 3, 5
MOST_UNCONFIRMED = 300  # messages


class NotConfirmed(Exception):
    """The broker did not take all messages; which of them, nobody knows."""


class Line:
    """A connection for publishing. Confirms are awaited once for many messages, not one by one.

    https://www.rabbitmq.com/docs/confirms#publisher-confirms
    """

    def __init__(self, connect: Callable[..., Connection] | None = None, *, confirms: bool | None = None) -> None:
        """`connect(**options)` makes an unopened kombu connection, as the settings say if not given."""
        self._connect = connect or current_app.connection_for_write
        self._confirms = not settings.BROKER_EMBEDDED if confirms is None else confirms  # Files need none.
        self._connection: Connection | None = None
        self._unconfirmed: set[int] = set()
        self._declared: set[str] = set()
        self._published = 0
        self._refused = ""

    def publish(self, messages: Sequence[Message]) -> None:
        """Returns when the broker has all of them on its disk.

        Tries a second connection if the one it has was used before: it may have been cut meanwhile. Raises
        NotConfirmed, or what kombu and the socket raise.
        """
        if self._connection is not None:
            with suppress(Exception):  # Whatever it is, a fresh connection tells.
                self._publish(messages)
                return
            self.drop()
        try:
            self._publish(messages)
        except Exception:
            self.drop()
            raise

    def drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # It is broken already.
                connection.collect()

    def _publish(self, messages: Sequence[Message]) -> None:
        producer = self._connected()
        for start in range(0, len(messages), MOST_UNCONFIRMED):
            for message in messages[start : start + MOST_UNCONFIRMED]:
                self._declare(message.options["routing_key"])
                self._published += 1
                self._unconfirmed.add(self._published)
                producer.publish(message.body, mandatory=True, **message.options)
            if self._confirms:
                self._await_confirms(self._connection)

    def _connected(self) -> Producer:
        if self._connection is None:
            self._unconfirmed, self._published, self._refused = set(), 0, ""
            self._declared = set()
            bounds: dict[str, Any] = {}
            if self._confirms:
                bounds = {"read_timeout": CONFIRM_TIMEOUT, "write_timeout": CONFIRM_TIMEOUT, "confirm_publish": False}
            self._connection = self._connect(connect_timeout=CONNECT_TIMEOUT, transport_options=bounds)
            channel = self._connection.default_channel
            if self._confirms:
                self._listen(channel)
            self._producer = Producer(channel, auto_declare=False)
        return self._producer

    def _declare(self, name: str) -> None:
        """Makes the queue if it is not there, once a connection: no worker may have started yet."""
        if name not in self._declared and name in current_app.amqp.queues:
            current_app.amqp.queues[name](self._producer.channel).declare()
        self._declared.add(name)

    def _listen(self, channel: Any) -> None:
        channel.confirm_select()
        channel.events["basic_ack"].add(self._confirm)
        channel.events["basic_nack"].add(
            lambda tag, multiple: self._refuse("the broker refused a message", tag, multiple)
        )
        channel.events["basic_return"].add(lambda error, exchange, *rest: self._refuse(f"no queue behind {exchange}"))

    def _confirm(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {other for other in self._unconfirmed if other > tag}
        else:
            self._unconfirmed.discard(tag)

    def _refuse(self, why: str, tag: int = 0, multiple: bool = False) -> None:
        self._refused = why
        self._confirm(tag, multiple)

    def _await_confirms(self, connection: Any) -> None:
        deadline = time.monotonic() + CONFIRM_TIMEOUT
        while self._unconfirmed:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotConfirmed(f"{len(self._unconfirmed)} messages were not confirmed in {CONFIRM_TIMEOUT} s")
            connection.drain_events(timeout=left)
        if self._refused:
            raise NotConfirmed(self._refused)


_own = threading.local()


def line() -> Line:
    """This thread's line. A forked child has one of its own: the parent's connection is not its to use."""
    if getattr(_own, "pid", None) != os.getpid():
        _own.pid, _own.line = os.getpid(), Line()
    found: Line = _own.line
    return found


def publish_orders(order_ids: Iterable[int]) -> None:
    """Publishes the orders' chords: a message per step each, and `settle_order` when the last one is done."""
    _publish(order_template(tuple(settings.ENABLED_STEPS)), order_ids)


def publish_steps(name: str, order_ids: Iterable[int]) -> None:
    """Publishes single steps of one destination again; each settles its order as one of the chord would."""
    _publish(step_template(name), order_ids)


def publish_settles(order_ids: Iterable[int]) -> None:
    _publish(settle_template(), order_ids)


def _publish(template: Template, order_ids: Iterable[int]) -> None:
    messages = [message for order_id in order_ids for message in template.fill_in(order_id)]
    if messages:
        line().publish(messages)
