"""Messages on a real broker: confirmed, bounded, and made good when a connection or a queue is gone."""

import json
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from typing import Any

import kombu
import pytest
from celery import chord, current_app, signature
from django.conf import settings

from orders.messaging import connection
from orders.messaging.connection import NotConfirmed, PublishingConnection, Refused, Returned
from orders.messaging.message import TASK_ID, Message
from orders.outbox.publisher import SETTLE, order_template, step_template
from shop.quickstart.ports import free_port
from tests.servers import proxy, rabbitmq

NAMES = ("sap", "marketing", "printing")


@pytest.fixture
def way(own_broker: rabbitmq.RabbitMQ) -> Iterator[proxy.Proxy]:
    """The line's way to the broker, which can be cut."""
    with proxy.to(own_broker.port) as way:
        yield way


def to(url: str) -> PublishingConnection:
    return PublishingConnection(lambda **options: kombu.Connection(url, **options), confirms=True)


@pytest.fixture
def line(own_broker: rabbitmq.RabbitMQ, way: proxy.Proxy) -> Iterator[PublishingConnection]:
    line = PublishingConnection(
        lambda **options: kombu.Connection(own_broker.url_at(way.port), **options), confirms=True
    )
    yield line
    line.drop()


def taken(broker: rabbitmq.RabbitMQ, queue: str) -> list[Any]:
    """All messages that a queue holds ready, taken from it."""
    with kombu.Connection(broker.url) as connection:
        simple = kombu.Queue(queue)(connection.default_channel)
        return list(iter(lambda: simple.get(no_ack=True), None))


def test_of_others_queues_nothing_is_remembered(line: PublishingConnection) -> None:
    """A stranger may ask for a thousand answers in a thousand queues."""
    answers = [Message(b"x", {"exchange": "", "routing_key": f"answers-{number}"}) for number in range(3)]
    with pytest.raises(Returned):
        line.publish(answers, may_be_gone=True)
    line.publish(order_template(NAMES).fill_in(7))
    assert line._declared == set(NAMES)


def test_an_orders_messages_lie_in_their_queues_when_publish_returns(
    line: PublishingConnection, own_broker: rabbitmq.RabbitMQ
) -> None:
    line.publish([message for order_id in (7, 8) for message in order_template(NAMES).fill_in(order_id)])
    for name in NAMES:
        messages = taken(own_broker, name)
        assert [json.loads(message.body)[0] for message in messages] == [[7], [8]]
        assert {message.properties["delivery_mode"] for message in messages} == {2}


def test_a_connection_that_was_cut_is_replaced_at_once(
    line: PublishingConnection, way: proxy.Proxy, own_broker: rabbitmq.RabbitMQ
) -> None:
    line.publish(step_template("sap").fill_in(1))
    way.cut()
    line.publish(step_template("sap").fill_in(2))
    assert [json.loads(message.body)[0] for message in taken(own_broker, "sap")] == [[1], [2]]


def test_a_queue_that_was_deleted_is_declared_anew(line: PublishingConnection, own_broker: rabbitmq.RabbitMQ) -> None:
    line.publish(step_template("sap").fill_in(1))
    own_broker.ctl("delete_queue", "sap")
    line.publish(step_template("sap").fill_in(2))
    assert [json.loads(message.body)[0] for message in taken(own_broker, "sap")] == [[2]]


def test_somebody_elses_queue_that_is_gone_is_told_at_once_and_costs_no_connection(
    line: PublishingConnection, own_broker: rabbitmq.RabbitMQ
) -> None:
    line.publish(step_template("sap").fill_in(1))
    before = line._connection
    gone = Message("x", {"exchange": "", "routing_key": "gone"})
    for _ in range(2):
        with pytest.raises(Returned):
            line.publish([gone], may_be_gone=True)
    assert line._connection is before
    line.publish(step_template("sap").fill_in(2))
    assert len(taken(own_broker, "sap")) == 2


def test_a_broker_that_confirms_nothing_holds_nobody_for_long(
    line: PublishingConnection, own_broker: rabbitmq.RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.publish(step_template("sap").fill_in(1))
    monkeypatch.setattr(connection, "CONFIRM_TIMEOUT", 8)
    own_broker.ctl("set_vm_memory_high_watermark", "0")
    started = time.monotonic()
    try:
        with pytest.raises((NotConfirmed, TimeoutError, OSError)):
            line.publish(step_template("sap").fill_in(2))
        assert time.monotonic() - started < 15  # One try of 8 s, not two and a pause.
    finally:
        own_broker.ctl("set_vm_memory_high_watermark", "0.4")


def test_a_full_queue_is_told_and_the_others_get_their_messages_once(
    line: PublishingConnection, own_broker: rabbitmq.RabbitMQ
) -> None:
    line.publish(order_template(NAMES).fill_in(1))
    own_broker.ctl("set_policy", "small", "^marketing$", '{"max-length": 1}', "--apply-to", "queues")
    connection = line._connection
    for order_id in range(2, 20):
        with suppress(Refused):  # The broker counts a little late: the first ones may still fit.
            line.publish(order_template(NAMES).fill_in(order_id))
    with pytest.raises(Refused):
        line.publish(order_template(NAMES).fill_in(20))
    line.publish(step_template("sap").fill_in(21))
    assert line._connection is connection
    for name, last in ("sap", 21), ("printing", 20):
        assert [json.loads(message.body)[0] for message in taken(own_broker, name)] == [
            [order_id] for order_id in range(1, last + 1)
        ]


def test_a_broker_that_is_not_there_is_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for patience in ("CONNECT_TIMEOUT", "CONFIRM_TIMEOUT"):
        monkeypatch.setattr(connection, patience, 30)
    line = PublishingConnection(
        lambda **options: kombu.Connection(f"amqp://127.0.0.1:{free_port()}//", **options), confirms=True
    )
    started = time.monotonic()
    with pytest.raises((OSError, kombu.exceptions.OperationalError)):
        line.publish(step_template("sap").fill_in(1))
    assert time.monotonic() - started < 20  # One try of 30 s would be longer.


def test_more_messages_than_may_be_unconfirmed_all_arrive(
    line: PublishingConnection, own_broker: rabbitmq.RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_UNCONFIRMED", 7)
    line.publish([message for order_id in range(20) for message in step_template("sap").fill_in(order_id)])
    assert len(taken(own_broker, "sap")) == 20


def test_every_three_hundred_messages_their_confirms_are_awaited(
    line: PublishingConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[int] = []
    await_confirms = line._await_confirms

    def awaits(connection: Any) -> None:
        published.append(line._published)
        await_confirms(connection)

    monkeypatch.setattr(line, "_await_confirms", awaits)
    line.publish([message for order_id in range(301) for message in step_template("sap").fill_in(order_id)])
    assert published == [300, 301]


def test_a_broker_has_three_seconds_to_take_a_connection_and_five_to_confirm() -> None:
    asked: list[dict[str, Any]] = []

    def connect(**options: Any) -> kombu.Connection:
        asked.append(options)
        raise OSError("not now")

    with pytest.raises(OSError, match="not now"):
        PublishingConnection(connect, confirms=True).publish(step_template("sap").fill_in(1))
    bounds = {"read_timeout": 5, "write_timeout": 5, "confirm_publish": False}
    assert asked == [{"connect_timeout": 3, "transport_options": bounds}]


class Sent(kombu.Producer):
    """Keeps what Celery publishes."""

    def __init__(self) -> None:
        super().__init__(current_app.connection_for_write(), auto_declare=False)
        self.messages: list[tuple[Any, dict[str, Any]]] = []

    def publish(self, body: Any, *args: Any, **options: Any) -> None:
        self.messages.append((json.loads(json.dumps(body)), options))


def anonymous(value: Any) -> Any:
    """Without task ids, which differ from message to message."""
    return json.loads(TASK_ID.sub("an id", json.dumps(value)))


def test_the_messages_filled_in_are_those_of_celerys_own_chord(monkeypatch: pytest.MonkeyPatch) -> None:
    order_template.cache_clear()  # `reply_to` in it names the thread that made it.
    ours = order_template(NAMES).fill_in(42)
    sent = Sent()
    monkeypatch.setattr(current_app, "producer_or_acquire", lambda producer=None: nullcontext(sent))
    tasks = [signature(settings.STEP_TASKS[name], args=(42,), app=current_app, immutable=True) for name in NAMES]
    chord(tasks, signature(SETTLE, args=(42,), app=current_app, immutable=True), app=current_app).apply_async()
    assert len(ours) == len(sent.messages) == 3
    for message, (body, options) in zip(ours, sent.messages, strict=True):
        assert anonymous(json.loads(message.body)) == anonymous(body)
        assert anonymous(message.options["headers"]) == anonymous(options["headers"])
        for name in ("exchange", "routing_key", "delivery_mode"):
            assert message.options[name] == options[name]


def test_every_order_has_task_ids_of_its_own_and_one_chord() -> None:
    first, second = (order_template(NAMES).fill_in(order_id) for order_id in (1, 2))
    ids = [message.options["headers"]["id"] for message in (*first, *second)]
    assert len(set(ids)) == 6
    assert [message.options["correlation_id"] for message in (*first, *second)] == ids
    for messages in (first, second):
        assert len({message.options["headers"]["group"] for message in messages}) == 1
    bodies = [json.loads(message.body)[2]["chord"] for message in (*first, *second)]
    assert [body["args"] for body in bodies] == [[1]] * 3 + [[2]] * 3
    assert {body["task"] for body in bodies} == {"orders.tasks.settle_order"}


def test_looking_at_queues_opens_no_further_connection_and_hurts_no_publishing(
    line: PublishingConnection, way: proxy.Proxy, own_broker: rabbitmq.RabbitMQ
) -> None:
    line.publish(step_template("sap").fill_in(1))
    for _ in range(3):
        assert line.look_at("sap") == (1, False)
        assert line.look_at("nobody's") == (0, True)  # The broker closes the channel.
        line.publish(step_template("marketing").fill_in(1))
    assert line.look_at("marketing") == (3, False)
    assert way.connections == 1
    way.cut()
    assert line.look_at("sap") == (1, False)
    assert way.connections == 2
