"""The tutorial's two programs on the desk's broker, when they are there first. In docs/rabbitmq.md the desk is."""

import pytest

from tests.docs.conftest import Examples
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import wait_for
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.timeout(180)
RECEIVED = "[x] Received the order of Helgi Möller, products [2, 4, 42]"


def test_the_desk_starts_and_works_beside_the_tutorials_programs(
    examples: Examples, own_broker: RabbitMQ, open_desk: OpenDesk
) -> None:
    examples.run("tutorial/producer.py")
    desk = open_desk({"SHOP_BROKER_URL": own_broker.url})
    desk.wait_until_processed(desk.post())
    wait_for(lambda: waiting(own_broker) == {"orders": 1}, "the tutorial's order is where it was")

    consumer = examples.start("tutorial/consumer.py")
    examples.run("tutorial/producer.py")
    wait_for(lambda: consumer.tail().count(RECEIVED) == 2, consumer.tail)
    desk.wait_until_processed(desk.post())
    assert consumer.tail().count(RECEIVED) == 2
    assert "Traceback" not in desk.logs_of_workers()
    wait_for(lambda: waiting(own_broker) == {}, "nothing lies in a queue")


def waiting(broker: RabbitMQ) -> dict[str, int]:
    """How many messages lie in which queues. A quorum queue's figure may be half a second old."""
    return {row["name"]: row["messages"] for row in broker.rows("list_queues", "name", "messages") if row["messages"]}
