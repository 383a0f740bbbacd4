"""A broker that never answers a request: real RabbitMQ, behind a proxy that keeps its answers."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import kombu
import pytest
from amqp.exceptions import RecoverableConnectionError

from orders.messaging.queues import work_queue
from orders.messaging.worker import silence, wire
from tests.servers import proxy
from tests.servers.rabbitmq import RabbitMQ

BOUND, AGES = 0.5, 20.0  # seconds


@pytest.fixture
def way(own_broker: RabbitMQ) -> Iterator[proxy.Proxy]:
    with proxy.to(own_broker.port) as way:
        yield way


@pytest.fixture
def channels(own_broker: RabbitMQ, way: proxy.Proxy) -> Iterator[list[Any]]:
    """Three of one connection, as a worker has them."""
    wire.read_anything()
    with closing(kombu.Connection(own_broker.url_at(way.port))) as connection:
        yield [connection.channel() for _ in range(3)]
        connection.collect()


@pytest.fixture
def silent(channels: list[Any], way: proxy.Proxy, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The same, once the broker has fallen silent."""
    monkeypatch.setattr(silence, "LONGEST", BOUND)
    way.keep_replies()
    return channels


def test_a_queue_whose_declaration_is_never_answered_ends_the_wait(silent: list[Any]) -> None:
    with pytest.raises(RecoverableConnectionError, match=r"did not answer a request in 0\.5 s"):
        work_queue("sap")(silent[0]).declare()


def test_what_waits_after_it_does_not_wait_as_long(silent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that gives up closes its channels one after the other, and each close waits for an answer."""
    with pytest.raises(RecoverableConnectionError):
        silent[0].basic_qos(0, 1, False)
    monkeypatch.setattr(silence, "LONGEST", AGES)
    began = time.monotonic()
    for channel in silent:
        with pytest.raises(OSError):  # noqa: PT011 - whatever a connection that has ended raises.
            channel.close()
    assert time.monotonic() - began < AGES


def test_the_event_loop_sees_that_the_connection_has_ended(silent: list[Any]) -> None:
    """Its socket is still there, and has something to read: the end."""
    connection = silent[0].connection
    with pytest.raises(RecoverableConnectionError):
        silent[0].basic_qos(0, 1, False)
    with suppress(ConnectionResetError):  # What the broker had still to say may have met the end.
        assert connection.transport.sock.recv(1, socket.MSG_DONTWAIT) == b""


def test_an_answer_that_comes_in_time_is_taken(channels: list[Any]) -> None:
    work_queue("sap")(channels[0]).declare()
    assert channels[1].queue_declare("sap", passive=True).message_count == 0


def test_a_bound_of_the_connections_own_counts(channels: list[Any], way: proxy.Proxy) -> None:
    channels[0].connection.read_timeout = BOUND
    way.keep_replies()
    with pytest.raises(RecoverableConnectionError, match=r"in 0\.5 s"):
        channels[0].basic_qos(0, 1, False)
