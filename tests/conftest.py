"""Real servers for tests that need them. Where a server is not installed such a test fails and says so.

`bin/test` installs them; SHOP_TEST_DATABASE_URL and SHOP_TEST_BROKER_URL name servers to use instead.
"""

import os
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import connection

from tests.servers import postgres, rabbitmq


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "own_broker" in getattr(item, "fixturenames", ()):
            item.add_marker("own_broker")


@pytest.fixture(scope="session", autouse=True)
def configured_celery() -> None:
    """celeryconfig.py is read now, with the settings as they are, and not in the middle of a test that changes them."""
    assert current_app.conf.task_queues


@pytest.fixture(scope="session")
def private_rabbitmq() -> Iterator[rabbitmq.RabbitMQ]:
    with rabbitmq.server() as broker:
        yield broker


@pytest.fixture
def own_broker(private_rabbitmq: rabbitmq.RabbitMQ) -> rabbitmq.RabbitMQ:
    """A RabbitMQ that the test may stop, kill and ask; its queues are gone before each test."""
    if not private_rabbitmq.running:
        private_rabbitmq.start()
    private_rabbitmq.forget()
    return private_rabbitmq


@pytest.fixture
def broker_url(request: pytest.FixtureRequest) -> str:
    """A RabbitMQ: the given one, or our own."""
    given = os.environ.get("SHOP_TEST_BROKER_URL", "")
    return given or str(request.getfixturevalue("own_broker").url)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL where databases may be made: the given one, or our own."""
    if given := os.environ.get("SHOP_TEST_DATABASE_URL", ""):
        yield given
        return
    with postgres.server() as server:
        yield server.url


@pytest.fixture(scope="session")
def on_postgresql() -> None:
    """For tests of what SQLite does not have: plans to read, prepared statements."""
    if connection.vendor != "postgresql":
        pytest.fail(f"This test needs PostgreSQL and was given {connection.vendor}: `bin/test` starts one.")
