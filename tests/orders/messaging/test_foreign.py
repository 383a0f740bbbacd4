"""What a real broker says when a name of the desk's is somebody else's, in the desk's words."""

from collections.abc import Iterator

import kombu
import pytest
from amqp.exceptions import ChannelError, PreconditionFailed
from celery import current_app

from orders.messaging import foreign
from orders.messaging.connection import NotOurs, PublishingConnection
from orders.messaging.queues import dead_letter_queue
from orders.outbox.publisher import step_template
from tests.servers.rabbitmq import RabbitMQ


@pytest.fixture
def stranger(own_broker: RabbitMQ) -> Iterator[kombu.Connection]:
    """Another program's connection."""
    with kombu.Connection(own_broker.url) as connection:
        yield connection


def said(broker: RabbitMQ, queue: kombu.Queue) -> str | None:
    """What is made of the broker's answer when the desk declares a queue of its own."""
    with kombu.Connection(broker.url) as connection:
        with pytest.raises(ChannelError) as caught:
            queue(connection.default_channel).declare()
        return foreign.explain(caught.value)


def sap() -> kombu.Queue:
    queue: kombu.Queue = current_app.amqp.queues["sap"]
    return queue


def test_a_classic_queue_of_another_program(own_broker: RabbitMQ, stranger: kombu.Connection) -> None:
    stranger.default_channel.queue_declare("sap", durable=True, auto_delete=False)
    why = said(own_broker, sap()) or ""
    assert why.startswith("queue 'sap' on the broker is not the desk's: x-")
    assert "the desk's is '" in why
    assert why.endswith(foreign.YOURS)
    assert "\n" not in why


def test_an_exchange_of_another_type(own_broker: RabbitMQ, stranger: kombu.Connection) -> None:
    stranger.default_channel.exchange_declare("sap", "fanout", durable=True, auto_delete=False)
    why = said(own_broker, sap()) or ""
    assert "exchange 'sap' on the broker is not the desk's: type is 'fanout' there, the desk's is 'direct'" in why


def test_dead_letters_queue(own_broker: RabbitMQ, stranger: kombu.Connection) -> None:
    stranger.default_channel.queue_declare("dead_letters", durable=True, auto_delete=False)
    assert "queue 'dead_letters' on the broker is not the desk's" in (said(own_broker, dead_letter_queue()) or "")


def test_an_exclusive_queue(own_broker: RabbitMQ, stranger: kombu.Connection) -> None:
    stranger.default_channel.queue_declare("sap", exclusive=True)
    assert "queue 'sap' on the broker is not the desk's: another program keeps it" in (said(own_broker, sap()) or "")


def test_a_user_without_rights(own_broker: RabbitMQ) -> None:
    own_broker.ctl("set_permissions", "-p", "/", "desk", "^$", "^$", "^$")
    why = said(own_broker, sap()) or ""
    assert "the broker's user may not use exchange 'sap': give it the rights" in why


def test_an_error_of_another_kind_may_be_gone_next_time() -> None:
    timeout = PreconditionFailed("PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out", (0, 0))
    assert foreign.explain(timeout) is None
    assert foreign.explain(OSError("queue 'sap' is no errno")) is None


def test_the_publisher_names_the_queue_too(own_broker: RabbitMQ, stranger: kombu.Connection) -> None:
    stranger.default_channel.queue_declare("sap", durable=True, auto_delete=False)
    line = PublishingConnection(lambda **options: kombu.Connection(own_broker.url, **options), confirms=True)
    with pytest.raises(NotOurs, match="queue 'sap' on the broker is not the desk's"):
        line.publish(step_template("sap").fill_in(1))
