"""What a private RabbitMQ is asked in Erlang, it answers as rabbitmqctl does."""

import json
import shutil

import pytest
from kombu import Connection, Consumer, Queue

from tests.end_to_end.desk import wait_for
from tests.servers.rabbitmq import RabbitMQ

QUESTIONS = [
    ("list_queues", "name", "messages", "messages_ready", "messages_unacknowledged", "consumers"),
    ("list_consumers", "queue_name", "prefetch_count"),
]


def as_rabbitmqctl_says(broker: RabbitMQ, *question: str) -> object:
    return json.loads(broker.ctl(*question, "--formatter", "json"))


def test_rows_are_those_of_rabbitmqctl(own_broker: RabbitMQ) -> None:
    with Connection(own_broker.url, transport_options={"confirm_publish": True}) as connection:
        channel = connection.channel()
        queue = Queue("Kisten & Körbe", durable=True)
        for body in ("one", "two", "three"):
            connection.Producer(channel).publish(body, routing_key=queue.name, declare=[queue])
        channel.basic_qos(0, 2, False)
        Consumer(channel, [queue], callbacks=[lambda body, message: None]).consume()
        wait_for(
            lambda: own_broker.rows("list_queues", "messages_unacknowledged") == [{"messages_unacknowledged": 2}], "2"
        )
        for question in QUESTIONS:
            assert own_broker.rows(*question) == as_rabbitmqctl_says(own_broker, *question) != []


def test_what_erlang_refuses_is_an_error(own_broker: RabbitMQ) -> None:
    for wrong in ("1 = 2.", "queues("):
        with pytest.raises(RuntimeError):
            own_broker.erlang(wrong)


def test_without_erlangs_program_rabbitmqctl_is_asked(own_broker: RabbitMQ, monkeypatch: pytest.MonkeyPatch) -> None:
    with Connection(own_broker.url) as connection:
        Queue("soon-gone", channel=connection.channel()).declare()
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "erl_call" else which(name))
    assert own_broker.rows("list_queues", "name") == [{"name": "soon-gone"}]
    own_broker.forget()
    assert own_broker.rows("list_queues", "name") == []
