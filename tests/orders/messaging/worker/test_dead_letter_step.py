"""What a worker does with a dead letter: a row, an acknowledgement, and a queue that is there again."""

from types import SimpleNamespace
from typing import Any

import kombu
import pytest
from celery import current_app
from django.db import OperationalError, connection

from orders.messaging import dead_letters
from orders.messaging.worker.dead_letter_step import DeadLetters
from orders.models import DeadLetter
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.django_db(transaction=True)
EXPIRED = {"reason": "expired", "queue": "desk"}
REJECTED = {"reason": "rejected", "queue": "sap"}


class Channel:
    """Remembers what was acknowledged."""

    no_ack_consumers: set[str] = set()

    def __init__(self) -> None:
        self.acknowledged: list[int] = []

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        self.acknowledged.append(tag)


@pytest.fixture
def letters() -> DeadLetters:
    return DeadLetters(SimpleNamespace(steps=[]))


def message(channel: Any, **headers: Any) -> Any:
    info = {"exchange": "sap", "routing_key": "sap"}
    return kombu.Message(
        b"[[1], {}, {}]", 7, content_type="application/json", headers=headers, delivery_info=info, channel=channel
    )


def test_a_dead_letter_is_a_row_before_it_is_acknowledged(letters: DeadLetters) -> None:
    channel = Channel()
    letters.keep(message(channel, **{"task": "shop.no_such", "x-death": [REJECTED]}))
    assert DeadLetter.objects.get().task == "shop.no_such"
    assert channel.acknowledged == [7]


def test_a_stale_tick_is_acknowledged_and_makes_no_row(letters: DeadLetters) -> None:
    channel = Channel()
    letters.keep(message(channel, **{"task": "orders.tasks.sweep_steps", "x-death": [EXPIRED]}))
    assert not DeadLetter.objects.exists()
    assert channel.acknowledged == [7]


def test_what_can_not_be_saved_stays_with_the_broker_and_is_tried_again(
    letters: DeadLetters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(message: Any) -> None:
        raise OperationalError("server closed the connection")

    again: list[tuple[Any, ...]] = []
    letters.timer = SimpleNamespace(call_after=lambda *call: again.append(call))
    monkeypatch.setattr(dead_letters, "keep", away)
    letter = message(channel := Channel(), **{"x-death": [REJECTED]})
    letters.keep(letter)
    assert again == [(5, letters.keep, (letter,))]
    assert channel.acknowledged == []


def test_no_connection_is_left_for_the_pools_processes_to_inherit(letters: DeadLetters) -> None:
    connection.ensure_connection()
    letters.keep(message(Channel(), **{"x-death": [REJECTED]}))
    assert connection.connection is None


def test_a_queue_that_somebody_deleted_is_there_again_after_its_first_returned_message(
    letters: DeadLetters, own_broker: RabbitMQ
) -> None:
    with kombu.Connection(own_broker.url) as broker:
        returned = message(broker.default_channel, task="shop.no_such")
        returned.ack_log_error = lambda *_: None  # This one the test made; the broker does not know it.
        letters.keep(returned)
    names = {row["name"] for row in own_broker.rows("list_queues", "name")}
    assert {"sap", "marketing", "printing", "desk"} <= names
    assert names <= set(current_app.amqp.queues)
