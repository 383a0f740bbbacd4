"""Exactly once, whatever breaks: processes, workers, broker, database. Real ones."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import amqp
import kombu
import psycopg2
import pytest

from orders.messaging.queues import INTAKE, intake_queue
from shop.quickstart.processes import Process
from tests import hostile
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import wait_for
from tests.orders.intake.conftest import ORDER, Orders, Program, program, wait_until_listening
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.timeout(240)

BATCH = 60


def send_batch(other: Program, queue: str = "", count: int = BATCH) -> None:
    for number in range(count):
        properties = {"reply_to": queue, "correlation_id": str(number)} if queue else {}
        other.send(ORDER | {"note": str(number)}, message_id=f"batch-{number}", **properties)


def children(worker: Process) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]


def placed(orders: Orders) -> Counter[str]:
    return Counter(note for (note,) in orders.query("SELECT note FROM orders_order"))


HALF = f"""
CREATE FUNCTION half() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WHILE (SELECT count(*) FROM orders_order) >= {BATCH // 2} AND NOT pg_try_advisory_xact_lock_shared(1) LOOP
        PERFORM pg_sleep(0.02);
    END LOOP;
    RETURN NEW;
END
$$;
CREATE TRIGGER half BEFORE INSERT ON orders_order FOR EACH ROW EXECUTE FUNCTION half();
"""  # noqa: S608 - a number of our own


@contextmanager
def half(orders: Orders) -> Iterator[None]:
    """In the block about half of a batch is placed, however quick the workers are and however late the test looks."""
    orders.execute(HALF)
    with closing(psycopg2.connect(orders.desk.environment["SHOP_DATABASE_URL"])) as holder:
        holder.cursor().execute("SELECT pg_advisory_lock(1)")
        yield


def test_a_batch_is_placed_exactly_once_though_processes_and_workers_are_killed_and_it_comes_again(
    orders: Orders, other: Program
) -> None:
    with half(orders):
        send_batch(other)
        wait_for(lambda: orders.count() > 5, "some were placed")
        for pid in children(orders.desk.workers()[0]):
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: orders.count() > 15, "more were placed")
        orders.desk.processes.pop("worker1").kill()
    assert orders.count() < BATCH
    orders.desk.start_worker("worker2")
    orders.wait_for_orders(BATCH, 60)
    orders.wait_until_empty()
    send_batch(other)
    orders.wait_until_empty()
    assert placed(orders) == Counter(str(number) for number in range(BATCH))
    assert orders.letters() == []


def test_every_order_is_answered_though_the_broker_restarts_between(
    orders: Orders, own_broker: RabbitMQ, other: Program
) -> None:
    other.channel.queue_declare("shop.answers", durable=True, auto_delete=False)
    with half(orders):
        send_batch(other, "shop.answers")
        wait_for(lambda: orders.count() > 5, "some were placed")
        own_broker.stop()
    own_broker.start()
    assert orders.count() < BATCH
    orders.wait_for_orders(BATCH, 60)
    orders.wait_until_empty()
    answers: dict[str, set[bytes]] = {}
    with program(own_broker.url) as reader:
        while message := reader.channel.basic_get("shop.answers", no_ack=True):
            assert message.properties["type"] == "order.placed"
            answers.setdefault(message.properties["correlation_id"], set()).add(bytes(message.body, "utf-8"))
    assert len(answers) == BATCH
    assert {len(different) for different in answers.values()} == {1}
    assert orders.letters() == []


@contextmanager
def away(url: str) -> Iterator[None]:
    """The desk's database takes no connection, and has none."""
    name = urlsplit(url).path.removeprefix("/")
    operator = psycopg2.connect(urlsplit(url)._replace(path="/postgres").geturl())
    operator.autocommit = True
    with operator.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    operator.close()


def consumers(broker: RabbitMQ) -> int:
    """Not `consumers` of `list_queues`: there one that was cancelled counts as long as it has messages."""
    return sum(row["queue_name"] == "orders.intake" for row in broker.rows("list_consumers", "queue_name"))


def test_while_the_database_is_away_nothing_is_consumed_or_given_back_and_then_it_goes_on(
    orders: Orders, own_broker: RabbitMQ, other: Program
) -> None:
    url = orders.desk.environment["SHOP_DATABASE_URL"]
    with away(url):
        send_batch(other, count=20)
        other.send(ORDER | {"note": "no id"})  # If it were given back, it would be a dead letter.
        wait_for(lambda: consumers(own_broker) == 0, lambda: f"nobody consumes\n{orders.desk.logs_of_workers()}")
        time.sleep(7)  # Longer than the pause between two tries: what is counted is that nothing happens.
        assert consumers(own_broker) == 0
        (row,) = (
            row
            for row in own_broker.rows("list_queues", "name", "messages_ready", "messages_unacknowledged")
            if row["name"] == "orders.intake"
        )
        held = row["messages_unacknowledged"]  # The first of its two may have told it before the second came.
        assert (row["messages_ready"] + held, held in (1, 2)) == (21, True)
    orders.wait_for_orders(21)
    orders.wait_until_empty()
    assert consumers(own_broker) == 1
    assert orders.letters() == []
    (worker,) = orders.desk.workers()
    told = worker.log.read_text(errors="replace")
    assert told.count("orders over AMQP wait at the broker") <= 1
    assert told.count("Connected to amqp") == 1


def test_a_worker_that_is_told_to_end_leaves_next_to_nothing_for_a_person(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ, other: Program
) -> None:
    """A message without an id that is given back is a dead letter that a person has to look at.

    The broker itself may give one back that was on its way when the worker took leave: it was never seen here.
    """
    orders = Orders(open_desk(floor), own_broker)
    wait_until_listening(orders)
    ended = orders.desk.processes["worker1"]
    with half(orders):
        for number in range(BATCH):
            other.send(ORDER | {"note": str(number)})
        wait_for(lambda: orders.count() > 5, "some were placed")
        ended.send(signal.SIGTERM)
    assert ended.wait(60) == 0, ended.tail(60)
    del orders.desk.processes["worker1"]
    assert orders.count() < BATCH
    orders.desk.start_worker("worker2")
    wait_for(lambda: not orders.held() and orders.count() + len(orders.letters()) >= BATCH, "all were taken", 60)
    assert len(orders.letters()) <= 1, ended.tail(40)
    assert set(placed(orders).values()) == {1}
    assert orders.count() >= BATCH - len(orders.letters())


def test_no_message_keeps_the_brokers_dead_letters_or_a_worker_from_coming(
    other: Program, orders: Orders, own_broker: RabbitMQ
) -> None:
    """One that expires before anybody has seen it, with a death that RabbitMQ 3.10 would trip over."""
    orders.desk.processes.pop("worker1").stop()
    other.send(application_headers={"x-death": [7]}, expiration="1")
    orders.wait_until_empty()
    hostile.headed(id=...).send(own_broker.url)
    orders.desk.start_worker("worker2")
    ((queue, reason, *_),) = orders.wait_for_letters(1)
    assert (queue, reason) == ("sap", "The worker refused it: it has no id.")
    other.send(message_id="after")
    orders.wait_for_orders(1)


def test_the_broker_counts_returned_messages_and_gives_up_none(own_broker: RabbitMQ) -> None:
    """orders/intake/reception.py goes by its count."""
    with kombu.Connection(own_broker.url, transport_options={"confirm_publish": True}) as connection:
        channel = connection.default_channel
        intake_queue()(channel).declare()
        channel.basic_publish(amqp.Message("x", delivery_mode=2), routing_key=INTAKE)
        for returned in range(30):
            came = wait_for(lambda: channel.basic_get(INTAKE), "it came back")
            assert came.headers.get("x-delivery-count", 0) == returned
            assert came.delivery_info["redelivered"] is (returned > 0)
            channel.basic_reject(came.delivery_tag, requeue=True)
