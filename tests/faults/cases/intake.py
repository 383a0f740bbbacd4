"""What can go wrong with orders that come in over RabbitMQ."""

import json
from collections.abc import Iterable

import kombu
from amqp import Message

from tests.faults.cases import fault
from tests.faults.world import World, wait_for

INTAKE = "orders.intake"
ANSWERS = "faults.answers"


def _send(world: World, names: Iterable[str]) -> None:
    """An order for each, with the name as its message_id; the broker has confirmed all when this returns."""
    with kombu.Connection(world.broker.url, transport_options={"confirm_publish": True}) as broker:
        channel = broker.default_channel
        channel.queue_declare(ANSWERS, durable=True, auto_delete=False)
        for name in names:
            body = json.dumps({"customer_name": "Helgi Möller", "products_ids": [2, 4], "note": name})
            properties = {"message_id": name, "correlation_id": name, "reply_to": ANSWERS}
            message = Message(body, content_type="application/json", delivery_mode=2, **properties)
            channel.basic_publish(message, exchange=INTAKE, routing_key=INTAKE)


def _numbers(world: World, prefix: str) -> dict[str, str]:
    """Order numbers by message_id. Raises AssertionError if one was placed twice."""
    rows = world.query("SELECT note, number FROM orders_order WHERE note LIKE %s", f"{prefix}%")
    found = dict(rows)
    assert len(found) == len(rows), f"{len(rows) - len(found)} messages became two orders"
    return found


def _answers(world: World) -> dict[str, set[str]]:
    """The order numbers that each message was answered with; the queue is gone then."""
    found: dict[str, set[str]] = {}
    with kombu.Connection(world.broker.url) as broker:
        channel = broker.default_channel
        while message := channel.basic_get(ANSWERS, no_ack=True):
            assert message.properties["type"] == "order.placed", message.body
            number = json.loads(message.body)["order_num"]
            found.setdefault(message.properties["correlation_id"], set()).add(number)
        channel.queue_delete(ANSWERS)
    return found


@fault(35)
def intake_killed(world: World, orders: int) -> None:
    """Orders over AMQP, workers killed, database restarted: each is placed once."""
    for worker in world.workers:
        world.wait_until_ready(worker)
    count, prefix = max(60, 4 * orders), f"intake-{world.started}-"
    names = [f"{prefix}{number}" for number in range(count)]
    _send(world, names)
    for share, harm in enumerate((world.kill_children, world.replace_workers, world.database.restart), start=1):
        _wait_for_orders(world, prefix, count * share // 5)
        harm()
    assert _placed(world, prefix) < count, "all were placed before the database was restarted"
    _wait_for_orders(world, prefix, count)
    _send(world, names)  # As a program does that got no answer.
    wait_for(lambda: INTAKE not in world.messages(), "all repeats were taken")
    numbers = _numbers(world, prefix)
    answers = _answers(world)
    assert answers == {name: {numbers[name]} for name in names}, "an answer is missing, or names another order"


def _placed(world: World, prefix: str) -> int:
    return int(world.query("SELECT count(*) FROM orders_order WHERE note LIKE %s", f"{prefix}%")[0][0])


def _wait_for_orders(world: World, prefix: str, count: int) -> None:
    wait_for(lambda: _placed(world, prefix) >= count, f"{count} of them were placed")
