"""Publishes new orders without making the request wait for the broker.

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

from orders.messaging.connection import Refused
from orders.outbox.publisher import publish_orders

log = logging.getLogger(__name__)

WAITING_ORDERS = 1000
# Seconds from an order to its messages: the answer is on its way to the customer first, and orders that come together
# are confirmed together.
LINGER = 0.005
MOST_AT_ONCE = 100  # orders
PAUSE_AFTER_FAILURE = 2.0  # seconds without a try, so that an outage costs no connection attempt per order
FLUSH_AT_EXIT = 2.0  # seconds


class BackgroundPublisher:
    """A thread that publishes the orders' chords. The first order starts it, so it starts after gunicorn's fork."""

    def __init__(self) -> None:
        self._orders: queue.Queue[int | None] = queue.Queue(WAITING_ORDERS)
        self._start = threading.Lock()
        self._pid: int | None = None
        self._thread: threading.Thread | None = None
        self._silent_until = 0.0
        self.trouble = ""  # Why the last orders could not be published, if that was so.

    def put(self, order_id: int) -> None:
        """Returns at once, always."""
        if self._pid != os.getpid():
            with suppress(RuntimeError):  # No thread can be started: the sweeper publishes the order.
                self._start_thread()
        try:
            self._orders.put_nowait(order_id)
        except queue.Full:
            log.debug("publisher is busy: order id %s is left to the sweeper", order_id)

    def _start_thread(self) -> None:
        with self._start:
            if self._pid == os.getpid():
                return
            self._orders = queue.Queue(WAITING_ORDERS)
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
            order_ids, ends = self._with_others(order_id)
            if time.monotonic() >= self._silent_until:
                self._publish(order_ids)
            if ends:
                return

    def _with_others(self, order_id: int) -> tuple[list[int], bool]:
        """The order and those that came meanwhile; with them, whether the thread was told to end."""
        time.sleep(LINGER)
        order_ids = [order_id]
        with suppress(queue.Empty):
            while len(order_ids) < MOST_AT_ONCE:
                other = self._orders.get_nowait()
                if other is None:
                    return order_ids, True
                order_ids.append(other)
        return order_ids, False

    def _publish(self, order_ids: list[int]) -> None:
        try:
            publish_orders(order_ids)
            self.trouble = ""
        except Refused as error:
            # One queue is full. The connection works, so the next orders are published without a pause.
            log.warning("broker: %s; those orders are left to the sweeper", error)
        except Exception as error:  # Whatever it is, the orders are safe and the thread must live.
            log.warning("broker: %s: %s; orders are left to the sweeper", type(error).__name__, error)
            self.trouble = f"The last orders could not be published ({type(error).__name__}); the sweeper does it."
            self._silent_until = time.monotonic() + PAUSE_AFTER_FAILURE


_publisher = BackgroundPublisher()


def dispatch(order_id: int) -> None:
    """Publishes the order's chord soon; never waits, never raises."""
    _publisher.put(order_id)


def trouble() -> str:
    """What this process last heard of the broker, as a sentence; "" if it has nothing to complain of."""
    return _publisher.trouble
