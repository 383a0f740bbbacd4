"""The publisher never makes a request wait, and leaves to the sweeper what it can't publish."""

import threading
import time
from collections.abc import Iterator

import pytest

from orders.messaging.connection import Refused
from orders.outbox import background
from orders.outbox.background import BackgroundPublisher
from tests.end_to_end.desk import wait_for


class Attempts:
    """Stands in for the broker: answers, fails or hangs as told."""

    def __init__(self) -> None:
        self.orders: list[int] = []
        self.sizes: list[int] = []
        self.fail = False
        self.error: Exception = ConnectionError("broker is gone")
        self.hang = threading.Event()
        self.hang.set()
        self.begun = threading.Event()
        self.seen = threading.Semaphore(0)

    def publish_orders(self, order_ids: list[int]) -> None:
        self.begun.set()
        self.hang.wait(60)
        self.orders += order_ids
        self.sizes.append(len(order_ids))
        self.seen.release(len(order_ids))
        if self.fail:
            raise self.error

    def wait(self, count: int) -> list[int]:
        for _ in range(count):
            assert self.seen.acquire(timeout=30), f"only {self.orders} were published"
        return self.orders


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Attempts:
    attempts = Attempts()
    monkeypatch.setattr(background, "publish_orders", attempts.publish_orders)
    return attempts


@pytest.fixture
def publisher(broker: Attempts) -> Iterator[BackgroundPublisher]:
    publisher = BackgroundPublisher()
    yield publisher
    broker.hang.set()
    publisher.close()


def test_orders_are_published_in_their_sequence(publisher: BackgroundPublisher, broker: Attempts) -> None:
    for order_id in (1, 2, 3):
        publisher.put(order_id)
    assert broker.wait(3) == [1, 2, 3]


def test_nothing_starts_before_the_first_order(publisher: BackgroundPublisher, broker: Attempts) -> None:
    before = threading.active_count()
    BackgroundPublisher()
    assert threading.active_count() == before


def test_a_hanging_broker_does_not_make_put_wait(publisher: BackgroundPublisher, broker: Attempts) -> None:
    broker.hang.clear()
    started = time.monotonic()
    for order_id in range(background.WAITING_ORDERS * 2):
        publisher.put(order_id)
    assert time.monotonic() - started < 30  # It would hang for 60 s.


def test_orders_that_come_together_are_published_together(publisher: BackgroundPublisher, broker: Attempts) -> None:
    broker.hang.clear()
    publisher.put(0)
    assert broker.begun.wait(30)  # The first is being published; the others come meanwhile.
    for order_id in range(1, background.MOST_AT_ONCE + 2):
        publisher.put(order_id)
    broker.hang.set()
    broker.wait(background.MOST_AT_ONCE + 2)
    assert broker.sizes == [1, background.MOST_AT_ONCE, 1]


def test_an_outage_costs_no_attempt_per_order_and_the_thread_lives(
    publisher: BackgroundPublisher, broker: Attempts
) -> None:
    broker.fail = True
    for order_id in range(50):
        publisher.put(order_id)
    wait_for(lambda: publisher.trouble and publisher._orders.empty(), "all were tried or left to the sweeper")
    assert len(broker.sizes) == 1
    tried = list(broker.wait(broker.sizes[0]))
    broker.fail = False
    wait_for(lambda: time.monotonic() > publisher._silent_until > 0, "it may try again")
    publisher.put(99)
    assert broker.wait(1) == [*tried, 99]


def test_a_queue_that_is_full_silences_nobody(publisher: BackgroundPublisher, broker: Attempts) -> None:
    broker.error = Refused("full")
    broker.fail = True
    for order_id in (1, 2):
        publisher.put(order_id)
        broker.wait(1)
    assert broker.orders == [1, 2]


def test_an_order_is_safe_though_no_thread_is_to_be_had(broker: Attempts, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)
    BackgroundPublisher().put(1)
    assert broker.orders == []


def test_what_waits_is_published_before_the_process_ends(publisher: BackgroundPublisher, broker: Attempts) -> None:
    for order_id in range(20):
        publisher.put(order_id)
    publisher.close()
    assert broker.orders == list(range(20))
