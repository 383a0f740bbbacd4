"""No message ends a worker or stops a queue: hostile ones on a real RabbitMQ, with a real worker."""

import psycopg2
import pytest
from celery import Celery
from kombu import pools

from tests import hostile
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers.rabbitmq import RabbitMQ

QUEUES = ("sap", "marketing", "printing", "desk", "dead_letters")


@pytest.fixture
def floor(own_broker: RabbitMQ, database_url: str) -> dict[str, str]:
    return {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url}


def letters(url: str) -> list[str]:
    """The dead letters' reasons."""
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM orders_deadletter")
        found = [reason for (reason,) in cursor.fetchall()]
    connection.close()
    return found


def is_empty(broker: RabbitMQ) -> bool:
    """Asked of the broker itself: a message that nobody acknowledges counts."""
    rows = broker.rows("list_queues", "name", "messages")
    return not any(row["messages"] for row in rows if row["name"] in QUEUES)


def check(desk: TestDesk, broker: RabbitMQ, expected: int) -> None:
    """All were refused, and the same worker goes on as if nothing had been."""
    (worker,) = desk.workers()
    url = desk.environment["SHOP_DATABASE_URL"]
    wait_for(lambda: len(letters(url)) >= expected or not worker.running, f"{expected} dead letters are kept")
    desk.wait_until_processed(desk.post())
    wait_for(lambda: is_empty(broker), "the queues are empty")
    told = worker.log.read_text(errors="replace")
    assert len(letters(url)) == expected
    assert all(letters(url))
    assert worker.running
    assert told.count("Connected to amqp") == 1, told[-4000:]
    assert "Traceback" not in told, told[-8000:]
    assert not [line for line in told.splitlines() if line.startswith("forged")]
    pools.reset()  # The broker of an earlier test may have had this address.
    (answer,) = Celery(broker=broker.url, set_as_current=False).control.ping(timeout=10, limit=1)
    assert list(answer.values()) == [{"ok": "pong"}]


@pytest.mark.timeout(180)
def test_a_worker_outlives_every_hostile_message(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    desk = open_desk(floor)
    expected = hostile.send(own_broker.url, hostile.ALL)
    check(desk, own_broker, expected)


@pytest.mark.timeout(180)
def test_a_worker_starts_on_queues_full_of_hostile_messages(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    """Right after its start Celery swallows what a handler raises."""
    desk = open_desk(floor)
    desk.processes.pop("worker1").stop()
    expected = hostile.send(own_broker.url, hostile.ALL)
    desk.start_worker("worker2")
    check(desk, own_broker, expected)
