"""What somebody deleted on the broker is made anew: real RabbitMQ."""

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import kombu
import pytest
from amqp.exceptions import NotFound
from celery import current_app

from orders import tasks
from orders.messaging import declaring
from orders.messaging.queues import DEAD_LETTERS, EVENTS, INTAKE
from tests.servers import warm
from tests.servers.rabbitmq import RabbitMQ


@pytest.fixture
def channel(own_broker: RabbitMQ, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The desk's queues are there, and this is somebody else's channel."""
    settings.INTAKE = True
    connect: Callable[..., kombu.Connection] = lambda **options: kombu.Connection(own_broker.url, **options)  # noqa: E731
    monkeypatch.setattr(current_app, "connection_for_write", connect)
    declaring.declare_all()
    with kombu.Connection(own_broker.url, transport_options={"confirm_publish": True}) as connection:
        yield connection.default_channel


def arrives(channel: Any, exchange: str, queue: str) -> bool:
    """Whether what is published to an exchange with the queue's name as its key comes into the queue."""
    channel.basic_publish(channel.prepare_message(b"x"), exchange, queue)
    return channel.basic_get(queue, no_ack=True) is not None


@pytest.mark.parametrize("name", [INTAKE, DEAD_LETTERS, "sap", "desk"])
def test_an_exchange_that_somebody_deleted_is_there_again(channel: Any, name: str) -> None:
    channel.exchange_delete(name)
    declaring.declare_all()
    assert arrives(channel, name, name)


@pytest.mark.parametrize("name", [INTAKE, DEAD_LETTERS, "sap", "desk"])
def test_so_is_a_binding(channel: Any, name: str) -> None:
    channel.queue_unbind(name, name, "" if name == DEAD_LETTERS else name)
    assert not arrives(channel, name, name)
    declaring.declare_all()
    assert arrives(channel, name, name)


@pytest.mark.parametrize("published", [True, False])
def test_who_follows_can_bind_a_queue_again(channel: Any, settings: Any, published: bool) -> None:
    """Where nobody is told of events the desk has no such exchange."""
    settings.EVENTS = published
    channel.exchange_delete(EVENTS)
    declaring.declare_all()
    queue = channel.queue_declare("", exclusive=True).queue
    with nullcontext() if published else pytest.raises(NotFound):
        channel.queue_bind(queue, EVENTS, "order.*")


@pytest.mark.parametrize(("broker", "does"), [("amqp://desk@127.0.0.1:5672/desk", True), ("", False)])
def test_of_all_workers_one_does_it_each_minute_where_there_is_a_broker(
    tmp_path: Path, broker: str, does: bool
) -> None:
    """Messages as files have no exchange."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    ours = {
        "SHOP_ENV_FILE": "",
        "SHOP_VAR_DIR": str(tmp_path),
        "SHOP_BROKER_URL": broker,
        "SHOP_ORDER_STEPS": "printing",
    }
    asked = "from shop.settings import PERIODIC_TASKS as tasks; print(tasks.get('orders.tasks.declare_queues'))"
    told = warm.run([sys.executable, "-c", asked], env=outside | ours, capture_output=True, text=True)
    assert told.stdout.strip() == ("0:01:00" if does else "None"), told.stderr


def test_the_task_makes_them_anew(channel: Any) -> None:
    channel.exchange_delete(INTAKE)
    tasks.declare_queues()
    assert arrives(channel, INTAKE, INTAKE)


def test_what_is_there_keeps_its_messages(channel: Any) -> None:
    channel.basic_publish(channel.prepare_message(b"kept"), "", "sap")
    declaring.declare_all()
    assert channel.basic_get("sap", no_ack=True).body == b"kept"


def test_an_exchange_that_is_somebody_elses_by_now_is_told_and_raises_nothing(
    channel: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declaring.log, "propagate", True)
    channel.exchange_delete("sap")
    channel.exchange_declare("sap", "fanout", durable=True, auto_delete=False)
    declaring.declare_all()
    assert "the queues were not declared anew: PreconditionFailed" in caplog.text
