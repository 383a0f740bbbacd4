"""Whatever properties an order has beside those that the desk reads, it is placed and answered: real RabbitMQ."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.orders.intake.conftest import Orders, Program

HEADERS = {
    "table": {"a": {"b": [1, {"c": None}]}},
    "array": [1, "zwei", [3.5, True]],
    "price": Decimal("12.345"),
    "at": datetime(2031, 4, 5, 6, 7, 8),
    "large": 2**62,
    "small": -(2**62),
    "nothing": None,
    "ñ": "ü" * 4000,
    "CC": ["nowhere"],
    "x-delay": 5,
}
ODD: dict[str, dict[str, Any]] = {
    "transient": {"delivery_mode": 1},
    "urgent": {"priority": 255},
    "ends soon": {"expiration": "600000"},
    "a type and a program of its own": {"type": "order.placed", "app_id": "till 7 ü"},
    "a time": {"timestamp": 1_931_234_567},
    "a cluster": {"cluster_id": "x" * 255},
    "a long correlation": {"correlation_id": "ü" * 127},
    "headers of every type": {"application_headers": HEADERS},
    "an encoding in capitals": {"content_encoding": "UTF-8"},
    "a type with its charset": {"content_type": "Application/JSON; charset=latin-1"},
}


@pytest.mark.timeout(180)
def test_an_order_is_placed_and_answered_whatever_else_its_message_says(orders: Orders, other: Program) -> None:
    queue = other.listen()
    for name, properties in ODD.items():
        other.send(message_id=name.replace(" ", "-"), reply_to=queue, **properties)
        kind, body, message = other.answer()
        assert (kind, body.get("status")) == ("order.placed", "received"), (name, body)
        assert message.properties.get("correlation_id") == properties.get("correlation_id"), name
    assert orders.count() == len(ODD)
    assert orders.letters() == []


@pytest.mark.timeout(180)
def test_an_answer_that_nobody_can_take_costs_nothing_but_itself(orders: Orders, other: Program) -> None:
    gone = ["gone." + "x" * 240, "amq.rabbitmq.reply-to.gone", "amq.gen-gone", "ö gone", "orders.intake"]
    for number, queue in enumerate(gone):
        other.send(message_id=f"gone-{number}", reply_to=queue)
    orders.wait_for_orders(5)
    queue = other.listen()
    other.send(message_id="next", reply_to=queue)
    assert other.answer()[0] == "order.placed"
    orders.wait_until_empty()
    (worker,) = orders.desk.workers()
    told = worker.log.read_text()
    assert "Traceback" not in told
    assert told.count("Connected to amqp") == 1


@pytest.mark.timeout(180)
def test_a_direct_reply_to_that_the_sender_made_up_is_given_up_at_once_and_is_called_his(
    orders: Orders, other: Program
) -> None:
    """RabbitMQ 3.10 ends the connection of whoever publishes to it."""
    queue = other.listen()
    made_up = ["amq.rabbitmq.reply-to.!!!!.x", "amq.rabbitmq.reply-to.", "amq.rabbitmq.reply-to.x.y"]
    for number, name in enumerate(made_up):
        other.send(message_id=f"made-up-{number}", reply_to=name)
        other.send(message_id=f"true-{number}", reply_to=queue)
    for _ in made_up:
        assert other.answer()[0] == "order.placed"
    orders.wait_for_orders(2 * len(made_up))
    orders.wait_until_empty()
    assert orders.letters() == []
    (worker,) = orders.desk.workers()
    told = worker.log.read_text()
    assert "its reply_to amq.rabbitmq.reply-to.!!!!.x is none" in told.replace("'", "")
    assert "not answered yet" not in told
    assert "does not take the answer" not in told
