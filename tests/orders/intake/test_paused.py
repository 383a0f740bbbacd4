"""A worker that took no orders while the database was away, and can't take them up again: real RabbitMQ."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import kombu
import pytest

from orders.intake.reception import Reception
from orders.intake.taking import Outcome
from orders.messaging.queues import INTAKE, intake_queue
from orders.messaging.worker import wire
from tests.orders.intake.test_reception import Pool
from tests.orders.intake.test_taking import message
from tests.orders.messaging.worker.test_dead_letter_step import Channel, Timer
from tests.servers.rabbitmq import RabbitMQ


@pytest.fixture
def listening(own_broker: RabbitMQ) -> Iterator[kombu.Consumer]:
    """As a worker listens."""
    wire.read_anything()
    with closing(kombu.Connection(own_broker.url)) as connection:
        consumer = kombu.Consumer(connection.channel(), [intake_queue()], on_message=lambda message: None, accept=None)
        consumer.consume()
        yield consumer
        connection.collect()


def has_ended(consumer: Any) -> bool:
    """What the worker's event loop sees of the connection: its end, or a reset."""
    try:
        return bool(consumer.channel.connection.transport.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"")
    except ConnectionResetError:
        return True
    except BlockingIOError:
        return False


def test_it_connects_anew_where_its_queue_was_deleted_meanwhile(own_broker: RabbitMQ, listening: Any) -> None:
    reception = paused(listening)
    with kombu.Connection(own_broker.url) as other:
        other.default_channel.queue_delete(INTAKE)
    reception.pool.answer(Outcome.DONE)
    assert has_ended(listening)


def test_it_keeps_its_connection_where_all_is_well(listening: Any) -> None:
    reception = paused(listening)
    reception.pool.answer(Outcome.DONE)
    assert not has_ended(listening)
    assert listening.channel.queue_declare(INTAKE, passive=True).consumer_count == 1


def paused(listening: Any) -> Any:
    """One whose only order found the database away, and is being tried again."""
    reception = Reception(Pool(), Timer(), listening)
    came = message()
    came.channel, came.delivery_tag = Channel(), 1
    reception.take(came)
    reception.pool.answer(Outcome.AWAY)
    assert listening.channel.queue_declare(INTAKE, passive=True).consumer_count == 0
    reception._again()
    return reception
