"""A broker that never answers a request: real RabbitMQ, behind a proxy that keeps its answers."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import kombu
import pytest
from amqp.exceptions import RecoverableConnectionError

from orders.messaging.queues import work_queue
from orders.messaging.worker import silence, wire
from tests.servers import proxy
from tests.servers.rabbitmq import RabbitMQ

BOUND = 0.5  # seconds


@pytest.fixture
def way(own_broker: RabbitMQ) -> Iterator[proxy.Proxy]:
    with proxy.to(own_broker.port) as way:
        yield way


@pytest.fixture
def channels(own_broker: RabbitMQ, way: proxy.Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Three of one connection, as a worker has them."""
    wire.read_anything()
    monkeypatch.setattr(silence, "LONGEST", BOUND)
    with closing(kombu.Connection(own_broker.url_at(way.port))) as connection:
        yield [connection.channel() for _ in range(3)]
        connection.collect()


def test_a_queue_whose_declaration_is_never_answered_ends_the_wait(channels: list[Any], way: proxy.Proxy) -> None:
    way.keep_replies()
    with pytest.raises(RecoverableConnectionError, match=r"did not answer a request in 0\.5 s"):
        work_queue("sap")(channels[0]).declare()


def test_what_waits_after_it_does_not_wait_as_long(channels: list[Any], way: proxy.Proxy) -> None:
    """A worker that gives up closes its channels one after the other, and each close waits for an answer."""
    way.keep_replies()
    with pytest.raises(RecoverableConnectionError):
        channels[0].basic_qos(0, 1, False)
    began = time.monotonic()
    for channel in channels:
        with pytest.raises(OSError):  # noqa: PT011 - whatever a connection that has ended raises.
            channel.close()
    assert time.monotonic() - began < BOUND


def test_the_event_loop_sees_that_the_connection_has_ended(channels: list[Any], way: proxy.Proxy) -> None:
    """Its socket is still there, and has something to read: the end."""
    connection = channels[0].connection
    way.keep_replies()
    with pytest.raises(RecoverableConnectionError):
        channels[0].basic_qos(0, 1, False)
    assert connection.transport.sock.recv(1, socket.MSG_DONTWAIT) == b""


def test_an_answer_that_comes_in_time_is_taken(channels: list[Any]) -> None:
    work_queue("sap")(channels[0]).declare()
    assert channels[1].queue_declare("sap", passive=True).message_count == 0


def test_a_bound_of_the_connections_own_counts(own_broker: RabbitMQ, way: proxy.Proxy) -> None:
    wire.read_anything()
    with closing(kombu.Connection(own_broker.url_at(way.port), transport_options={"read_timeout": BOUND})) as other:
        channel = other.channel()
        way.keep_replies()
        with pytest.raises(RecoverableConnectionError, match=r"in 0\.5 s"):
            channel.basic_qos(0, 1, False)
        other.collect()
