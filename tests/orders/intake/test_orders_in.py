"""Orders over AMQP, from a message to an order and an answer: a real RabbitMQ, a real worker, a real PostgreSQL."""

import pytest

from tests.orders.intake.conftest import ORDER, Orders, Program

pytestmark = pytest.mark.timeout(180)


def test_an_order_is_placed_answered_and_worked_on_as_any_other(orders: Orders, other: Program) -> None:
    queue = other.listen()
    other.send(ORDER, message_id="one", reply_to=queue, correlation_id="mine")
    kind, body, message = other.answer()
    assert kind == "order.placed"
    assert body == {
        "order_num": body["order_num"],
        "status": "received",
        "url": f"/order/{body['order_num']}",
    }
    assert message.properties["correlation_id"] == "mine"
    assert message.properties["content_type"] == "application/json"
    orders.desk.wait_until_processed(body["order_num"])
    orders.wait_until_empty()
    assert orders.letters() == []
