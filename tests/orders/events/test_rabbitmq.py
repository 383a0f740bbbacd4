"""Events on a real RabbitMQ: in sequence, whoever publishes; and a stranger's full queue holds up nobody."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from urllib.parse import quote, unquote, urlsplit

import amqp
import kombu
import pytest
from amqp.exceptions import AccessRefused
from django.db import connection

from orders import telling
from orders.events import exchange, one_queue, publisher
from orders.models import Event, Order
from tests.factories import make_order, make_product
from tests.orders.events.follower import Follower
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.django_db(transaction=True)
ONE = {"x-max-length": 1, "x-overflow": "reject-publish"}  # It has room for one message.


def order_with(*kinds: str) -> Order:
    order = make_order([(make_product(), 1)], steps=[])
    telling.tell((order.pk, Event.Type(kind), "") for kind in kinds)
    return order


def ids(order: Order) -> list[str]:
    return [str(event) for event in order.events.order_by("seq")]


def states() -> set[str]:
    return set(Event.objects.values_list("state", flat=True))


def test_an_event_comes_as_a_durable_cloudevent(broker: RabbitMQ) -> None:
    follower = Follower(broker, "follower")
    order = order_with("order.received")
    publisher.publish_events()
    [message] = follower.messages()
    assert message.content_type == "application/cloudevents+json"
    assert message.delivery_info["routing_key"] == "order.received"
    assert (message.properties["delivery_mode"], message.properties["type"]) == (2, "order.received")
    assert json.loads(message.body)["id"] == message.properties["message_id"] == f"{order.number}/0000000001"


def test_a_follower_gets_what_it_has_asked_for(broker: RabbitMQ) -> None:
    packed, steps = Follower(broker, "packed", "order.packed"), Follower(broker, "steps", "step.*")
    order = order_with("order.received", "step.parked", "order.packed", "step.resumed")
    publisher.publish_events()
    assert packed.ids() == [ids(order)[2]]
    assert steps.ids() == [ids(order)[1], ids(order)[3]]


def test_nobody_has_to_listen(broker: RabbitMQ) -> None:
    order_with("order.received", "order.processed")
    publisher.publish_events()
    assert states() == {"published"}


def test_an_exchange_that_somebody_deleted_is_declared_anew(broker: RabbitMQ) -> None:
    order_with("order.received")
    publisher.publish_events()
    with kombu.Connection(broker.url) as opened:
        opened.default_channel.exchange_delete(exchange.EVENTS)
    order_with("order.received")
    publisher.publish_events()
    assert states() == {"published"}


def test_a_full_queue_holds_up_nobody_and_the_others_get_all_in_sequence(broker: RabbitMQ) -> None:
    full = Follower(broker, "full", arguments=ONE)
    other = Follower(broker, "other")
    orders = [order_with("order.received", "order.processed", "order.packed") for _ in range(3)]
    publisher.publish_events()
    assert Event.objects.filter(state="open").count() == 0
    refused = Event.objects.filter(state="refused").count()
    assert refused >= 7  # The full queue has room for one.
    first = list(dict.fromkeys(other.ids()))
    for order in orders:
        assert [event for event in first if event.startswith(order.number)] == ids(order)
    with kombu.Connection(broker.url) as opened:
        opened.default_channel.queue_delete(full.name)
    Event.objects.filter(state="refused").update(state="open", refusals=0)
    publisher.publish_events()
    assert states() == {"published"}
    assert len(other.ids()) == refused


def write(orders: list[Order], written: threading.Event) -> None:
    for kind in ("order.processed", "order.packed", "order.shipped"):
        for order in orders:
            telling.tell([(order.pk, Event.Type(kind), "")])
    written.set()
    connection.close()


def publish(written: threading.Event) -> None:
    while not written.is_set() or Event.objects.filter(state="open").exists():
        publisher.publish_events()
    connection.close()


def die() -> None:
    """Some are published, but nobody is told; others are claimed and not published."""
    publisher.own_connection().publish([exchange.message(event) for event in publisher.claim()])
    publisher.claim()
    connection.close()


@pytest.mark.usefixtures("on_postgresql")
def test_several_publishers_one_of_which_dies_send_each_orders_events_in_sequence_the_first_time(
    broker: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(publisher, "BATCH", 7)
    follower = Follower(broker, "follower")
    orders = [order_with("order.received") for _ in range(40)]
    written = threading.Event()
    targets: list[Callable[[], object]] = [die, partial(write, orders, written), *[partial(publish, written)] * 3]
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    got = follower.ids()
    first = list(dict.fromkeys(got))
    assert len(got) > len(first), "the dead one's events came once only: the test shows nothing"
    for order in orders:
        assert [event for event in first if event.startswith(order.number)] == ids(order)
        assert order.events.count() == 4


def test_who_comes_late_gets_the_past_into_a_queue_of_its_own(broker: RabbitMQ) -> None:
    order = order_with("order.received", "order.processed")
    publisher.publish_events()
    late = Follower(broker, "late", keys=None)
    one_queue.publish_to("late", list(order.events.order_by("seq")))
    assert late.ids() == ids(order)


def test_a_queue_that_is_not_there_or_full_or_named_impossibly_is_told_in_a_sentence(broker: RabbitMQ) -> None:
    events = list(order_with("order.received", "order.processed").events.all())
    for name in ("nowhere", "", "x" * 300):
        with pytest.raises(one_queue.NotTaken):
            one_queue.publish_to(name, events)
    Follower(broker, "full", keys=None, arguments=ONE)
    with pytest.raises(one_queue.NotTaken, match=r"^The queue full is full\.$"):
        one_queue.publish_to("full", events)


def test_a_user_of_its_own_may_follow_and_nothing_else(broker: RabbitMQ) -> None:
    """The rights that docs/events.md names."""
    Follower(broker, "other")  # The exchange is there, as when the desk runs.
    vhost = unquote(urlsplit(broker.url).path[1:])
    broker.ctl("add_user", "stock", "only-for-tests")
    broker.ctl("set_permissions", "-p", vhost, "stock", "^stock", "^stock", r"^(stock.*|orders\.events)$")
    try:
        with kombu.Connection(f"amqp://stock:only-for-tests@127.0.0.1:{broker.port}/{quote(vhost, safe='')}") as user:
            user.default_channel.queue_declare(
                "stock", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"}
            )
            user.default_channel.queue_bind("stock", exchange.EVENTS, "order.*")
            order = order_with("order.received", "step.parked")
            publisher.publish_events()
            message = user.default_channel.basic_get("stock", no_ack=True)
            assert message.properties["message_id"] == ids(order)[0]
            for forbidden in (
                lambda: user.default_channel.queue_bind("other", exchange.EVENTS, "#"),
                lambda: user.default_channel.basic_get("other"),
                lambda: publish_as(user, exchange.EVENTS, "order.received"),
                lambda: publish_as(user, "", "sap"),
            ):
                with pytest.raises(AccessRefused):
                    forbidden()
    finally:
        broker.ctl("delete_user", "stock")


def publish_as(user: kombu.Connection, to: str, key: str) -> None:
    channel = user.channel()
    channel.confirm_select()
    channel.basic_publish(amqp.Message("{}"), exchange=to, routing_key=key)
    user.drain_events(timeout=5)
