"""Hands fresh orders to the broker without making the request wait for it.

A thread in the web process with a connection of its own takes order ids from a bounded queue. If the broker is
slow, blocked or gone, or the queue is full, the order is left to the sweeper: its rows are in the database.
"""

import atexit
import logging
import os
import queue
import threading
import time
from contextlib import suppress
from typing import Any

from celery import current_app
from django.conf import settings
from kombu import Connection

from orders.publish import publish_order

log = logging.getLogger(__name__)

WAITING_ORDERS = 1000
PAUSE_AFTER_FAILURE = 2.0  # seconds without a try, so that an outage costs no connection attempt per order
FLUSH_AT_EXIT = 2.0  # seconds


class Publisher:
    """A thread that publishes orders' chords. Started by the first order, hence after gunicorn's fork."""

    def __init__(self) -> None:
        self._orders: queue.Queue[int | None] = queue.Queue(WAITING_ORDERS)
        self._start = threading.Lock()
        self._pid: int | None = None
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._silent_until = 0.0

    def put(self, order_id: int) -> None:
        """Returns at once, always."""
        if self._pid != os.getpid():
            self._start_thread()
        try:
            self._orders.put_nowait(order_id)
        except queue.Full:
            log.debug("publisher is busy: order id %s is left to the sweeper", order_id)

    def _start_thread(self) -> None:
        with self._start:
            if self._pid == os.getpid():
                return
            self._orders, self._connection = queue.Queue(WAITING_ORDERS), None
            self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
            self._thread.start()
            atexit.register(self.close)
            self._pid = os.getpid()

    def close(self) -> None:
        """Publishes what waits, for a bounded time."""
        if self._pid == os.getpid() and self._thread:
            with suppress(queue.Full):
                self._orders.put(None, timeout=FLUSH_AT_EXIT)
                self._thread.join(FLUSH_AT_EXIT)

    def _run(self) -> None:
        while (order_id := self._orders.get()) is not None:
            if time.monotonic() < self._silent_until:
                continue
            try:
                self._publish(order_id)
            except Exception as error:  # Whatever it is, the order is safe and the thread must live.
                log.warning("broker: %s: %s; orders are left to the sweeper", type(error).__name__, error)
                self._drop_connection()
                self._silent_until = time.monotonic() + PAUSE_AFTER_FAILURE

    def _publish(self, order_id: int) -> None:
        """Publishes; once more over a new connection if the old one turns out to be broken."""
        try:
            publish_order(order_id, settings.ENABLED_STEPS, producer=self._connected())
        except Exception:
            self._drop_connection()
            publish_order(order_id, settings.ENABLED_STEPS, producer=self._connected())

    def _connected(self) -> Any:
        if self._connection is None:
            # Timeouts in seconds: a broker that drops packets must not hold the thread.
            bounds = {} if settings.BROKER_EMBEDDED else {"read_timeout": 5, "write_timeout": 5}
            self._connection = current_app.connection_for_write(connect_timeout=3, transport_options=bounds)
            self._producer = current_app.amqp.Producer(self._connection, auto_declare=False)
        return self._producer

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # It is broken already.
                connection.collect()


_publisher = Publisher()


def dispatch(order_id: int) -> None:
    """Publishes the order's chord soon; never waits, never raises."""
    _publisher.put(order_id)
