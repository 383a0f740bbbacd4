"""Which events are published when: a fake broker, real rows."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from orders import tasks, telling
from orders.database.clock import from_now
from orders.events import exchange, publisher
from orders.messaging.connection import NotConfirmed, Refused
from orders.messaging.message import Message
from orders.models import Event, Order
from tests.factories import make_order

pytestmark = pytest.mark.django_db


class FakeBroker:
    """Takes messages, but refuses those of the types in `full`; or raises `error`."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.full: set[str] = set()
        self.error: Exception | None = None

    def publish(self, messages: Sequence[Message]) -> None:
        if self.error:
            raise self.error
        self.batches.append([str(message.options["message_id"]) for message in messages])
        places = [place for place, message in enumerate(messages) if message.options["type"] in self.full]
        if places:
            error = Refused("full")
            error.which = places
            raise error

    @property
    def ids(self) -> list[str]:
        return [message_id for batch in self.batches for message_id in batch]


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    fake = FakeBroker()
    monkeypatch.setattr(publisher, "own_connection", lambda: fake)
    monkeypatch.setattr(exchange, "declare", lambda: None)
    monkeypatch.setattr(publisher._Complained, "at", float("-inf"))
    return fake


def order_with(*kinds: str) -> Order:
    order = make_order(steps=[])
    telling.tell((order.pk, Event.Type(kind), "") for kind in kinds)
    return order


def ids(order: Order) -> list[str]:
    return [str(event) for event in order.events.order_by("seq")]


def states(order: Order) -> list[str]:
    return list(order.events.order_by("seq").values_list("state", flat=True))


def forward(order: Order) -> None:
    """The time passes until its events are due."""
    order.events.update(due_at=from_now(timedelta(seconds=-1)))


def test_a_round_publishes_all_that_is_open_an_orders_events_one_after_the_other(broker: FakeBroker) -> None:
    one, other = order_with("order.received", "order.processed", "order.packed"), order_with("order.received")
    publisher.publish_events()
    assert broker.batches == [[ids(one)[0], ids(other)[0]], [ids(one)[1]], [ids(one)[2]]]
    assert states(one) == ["published"] * 3
    publisher.publish_events()
    assert len(broker.ids) == 4


def test_what_another_publisher_has_claimed_is_left_to_it_and_so_is_what_follows(broker: FakeBroker) -> None:
    order = order_with("order.received", "order.processed")
    assert [event.seq for event in publisher.claim()] == [1]
    publisher.publish_events()
    assert broker.ids == []
    forward(order)  # Its publisher is dead, and the lease over.
    publisher.publish_events()
    assert broker.ids == ids(order)


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=30)])
def test_after_the_clock_was_set_back_a_claimed_event_is_published_and_what_follows(
    broker: FakeBroker, by: timedelta
) -> None:
    order = order_with("order.received", "order.processed")
    assert [event.seq for event in publisher.claim()] == [1]
    order.events.update(due_at=F("due_at") + by)
    publisher.publish_events()
    assert broker.ids == ids(order)
    publisher.publish_events()
    assert broker.ids == ids(order)


def test_one_that_was_refused_just_now_waits(broker: FakeBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest that the desk itself puts an event off."""
    monkeypatch.setattr(publisher, "AGAIN", timedelta(minutes=10))
    broker.full = {"order.received"}
    order = order_with("order.received")
    publisher.publish_events()
    publisher.publish_events()
    assert broker.ids == ids(order)


def test_a_publisher_that_comes_late_repeats_and_changes_nothing(broker: FakeBroker) -> None:
    order = order_with("order.received", "order.processed")
    late = publisher.claim()
    forward(order)
    publisher.publish_events()
    publisher.publish(late)
    assert broker.ids == [*ids(order), ids(order)[0]]
    assert states(order) == ["published"] * 2


def test_a_batch_has_an_end(broker: FakeBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "BATCH", 2)
    orders = [order_with("order.received") for _ in range(3)]
    publisher.publish_events()
    assert [len(batch) for batch in broker.batches] == [2, 1]
    assert broker.ids == [event for order in orders for event in ids(order)]


def test_a_round_has_an_end(broker: FakeBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "ROUND", 0.0)
    order_with("order.received")
    publisher.publish_events()
    assert broker.ids == []


def test_a_broker_that_is_away_leaves_events_for_the_next_round_and_one_line_in_the_log(
    broker: FakeBroker, caplog: pytest.LogCaptureFixture
) -> None:
    order = order_with("order.received")
    broker.error = ConnectionRefusedError("no broker")
    for _ in range(3):
        publisher.publish_events()
    assert states(order) == ["open"]
    assert [record.getMessage() for record in caplog.records] == [
        "events wait as rows: ConnectionRefusedError: no broker"
    ]
    broker.error = None
    publisher.publish_events()
    assert states(order) == ["published"]


def test_what_nobody_confirmed_is_published_again_before_what_follows(broker: FakeBroker) -> None:
    order = order_with("order.received", "order.processed")
    broker.error = NotConfirmed("silent")
    publisher.publish_events()
    broker.error = None
    publisher.publish_events()
    assert broker.ids == ids(order)


def test_what_is_refused_three_times_is_given_up_and_holds_up_no_other_order(
    broker: FakeBroker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.full = {"order.packed"}
    order = order_with("order.packed", "order.shipped")
    other = order_with("order.received", "order.processed")
    publisher.publish_events()
    assert (states(order), states(other)) == (["open", "open"], ["published", "published"])
    for attempt in (1, 2):
        publisher.publish_events()
        assert broker.ids.count(ids(order)[0]) == attempt, "it was tried again at once"
        forward(order)
        publisher.publish_events()
    assert states(order) == ["refused", "published"]
    assert broker.ids[-2:] == ids(order)
    assert "events given up: 1" in caplog.text


def test_refusals_count_only_in_a_row(broker: FakeBroker) -> None:
    order = order_with("order.packed")
    broker.full = {"order.packed"}
    for _ in range(2):
        publisher.publish_events()
        forward(order)
    broker.full = set()
    publisher.publish_events()
    assert states(order) == ["published"]
    assert order.events.get().refusals == 0


@pytest.mark.parametrize(("embedded", "events", "count"), [(False, True, 1), (True, True, 0), (False, False, 0)])
def test_events_are_published_only_where_there_is_an_exchange_and_the_shop_wants_them(
    broker: FakeBroker, settings: Settings, embedded: bool, events: bool, count: int
) -> None:
    order_with("order.received")
    settings.BROKER_EMBEDDED, settings.EVENTS = embedded, events
    tasks.publish_events()
    assert len(broker.ids) == count
