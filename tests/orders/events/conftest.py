import threading
from collections.abc import Iterator
from datetime import timedelta

import kombu
import pytest
from celery import current_app

from orders.events import exchange, one_queue, publisher
from orders.messaging.connection import PublishingConnection
from tests.servers.rabbitmq import RabbitMQ


@pytest.fixture(autouse=True)
def configured() -> None:
    """Celery reads the settings once, when it is first asked: not while a test has changed them."""
    assert current_app.conf.broker_url == "filesystem://"


@pytest.fixture
def broker(own_broker: RabbitMQ, monkeypatch: pytest.MonkeyPatch) -> Iterator[RabbitMQ]:
    """A connection for each thread, as each of a worker's processes has one."""
    local, opened = threading.local(), []

    def own_connection() -> PublishingConnection:
        if not hasattr(local, "line"):
            local.line = PublishingConnection(
                lambda **options: kombu.Connection(own_broker.url, **options), confirms=True
            )
            opened.append(local.line)
        line: PublishingConnection = local.line
        return line

    for module in (publisher, one_queue):
        monkeypatch.setattr(module, "own_connection", own_connection)
    monkeypatch.setattr(exchange, "declare", lambda: None)
    monkeypatch.setattr(publisher, "AGAIN", timedelta(0))
    yield own_broker
    for line in opened:
        line.drop()
