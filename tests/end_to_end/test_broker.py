"""What RabbitMQ itself says about our queues and messages."""

from typing import Any

import pytest
from kombu import Connection

from orders.messaging.queues import INTAKE, INTAKE_ARGUMENTS, QUEUE_ARGUMENTS
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers.rabbitmq import RabbitMQ

# The sweeper must not make good what the broker forgot: these tests are about the broker.
PATIENT = {"SHOP_STEP_GRACE_SECONDS": "600"}
STEPS = ("sap", "marketing", "printing")


@pytest.fixture
def floor(own_broker: RabbitMQ, database_url: str) -> dict[str, str]:
    return {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url, **PATIENT}


def queues(broker: RabbitMQ, *columns: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in broker.rows("list_queues", "name", *columns)}


def waiting(broker: RabbitMQ) -> dict[str, int]:
    """Messages in the steps' queues; asked over AMQP, much cheaper than rabbitmqctl."""
    with Connection(broker.url) as connection, connection.channel() as channel:
        return {name: channel.queue_declare(name, passive=True).message_count for name in STEPS}


def stop_workers(desk: TestDesk) -> None:
    for worker in desk.workers():
        worker.stop()


def test_queues_are_durable_quorum_queues_with_the_declared_arguments(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    open_desk(floor)
    found = queues(own_broker, "type", "durable", "arguments")
    ours = {name for name in found if not name.endswith(".celery.pidbox")}  # Celery's own, one a worker
    assert ours == {*STEPS, "desk", "dead_letters", INTAKE}
    for name in (*STEPS, "desk", INTAKE):
        assert found[name]["type"] in ("quorum", "rabbit_quorum_queue")
        assert found[name]["durable"] is True
        arguments = dict(argument[0::2] for argument in found[name]["arguments"])
        assert arguments == (INTAKE_ARGUMENTS if name == INTAKE else QUEUE_ARGUMENTS)
    assert found["dead_letters"]["durable"] is True


def test_messages_are_persistent_and_carry_nothing_but_an_id(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    desk = open_desk(floor)
    stop_workers(desk)
    number = desk.post()
    wait_for(lambda: set(waiting(own_broker).values()) == {1}, "a message is in each queue")
    with Connection(own_broker.url) as connection, connection.channel() as channel:
        for name in STEPS:
            message = channel.basic_get(name)
            assert message.properties["delivery_mode"] == 2
            assert message.properties["content_type"] == "application/json"
            assert "Helgi" not in str(message.body) + str(message.headers)
            channel.basic_reject(message.delivery_tag, requeue=True)
    desk.start_worker("worker2")
    desk.wait_until_processed(number)


@pytest.mark.timeout(180)
def test_a_broker_that_restarts_or_is_killed_keeps_what_is_queued(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    desk = open_desk(floor)
    stop_workers(desk)
    numbers = [desk.post() for _ in range(3)]
    wait_for(lambda: set(waiting(own_broker).values()) == {3}, "three messages are in each queue")
    own_broker.restart()
    own_broker.kill()
    own_broker.start()
    wait_for(lambda: set(waiting(own_broker).values()) == {3}, "they are there again")
    desk.start_worker("worker2")
    desk.wait_until_processed(*numbers)
    assert desk.sap_orders() == dict.fromkeys(numbers, 1)


@pytest.mark.timeout(180)
def test_web_and_workers_come_back_by_themselves_after_a_broker_restart(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    desk = open_desk({**floor, "SHOP_STEP_GRACE_SECONDS": "2"})
    desk.wait_until_processed(desk.post())
    own_broker.stop()
    number = desk.post()
    own_broker.start()
    desk.wait_until_processed(number, desk.post(), patience=60)
