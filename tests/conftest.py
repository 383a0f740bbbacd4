"""Real servers for tests that need them. Where a server is not installed such a test fails and says so.

`bin/test` installs them; SHOP_TEST_DATABASE_URL and SHOP_TEST_BROKER_URL name servers to use instead.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from tests.servers import browser, emptying, postgres, rabbitmq, shares

# Hypothesis gives an example 200 ms, and the making of ten a second: a machine that stalls is no fault of the desk's.
# A test that names health checks of its own names this one, too.
hypothesis.register_profile("patient", hypothesis(), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure() -> None:
    shares.keep_to_own_ports()
    emptying.plug_in()
    hypothesis.load_profile("patient")


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
    with postgres.server(postgres.CARELESS) as server:
        yield server.url


@pytest.fixture(scope="session")
def on_postgresql() -> None:
    """For tests of what SQLite does not have: plans to read, prepared statements."""
    if connection.vendor != "postgresql":
        pytest.fail(f"This test needs PostgreSQL and was given {connection.vendor}: `bin/test` starts one.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[browser.Chromium]:
    with browser.started() as started:
        yield started


@pytest.fixture
def window(chromium: browser.Chromium) -> Iterator[browser.Window]:
    """A browser's window. The test fails if the console, the policy or the network has something to complain of."""
    opened = browser.Window(chromium.browser)
    yield opened
    complaints = opened.complaints
    opened.close()
    assert complaints == []


@pytest.fixture
def sign_in(window: browser.Window) -> Callable[[Client, str], None]:
    """`sign_in(client, url)`: the window is logged in at `url` as the test client is."""

    def signed_in(client: Client, url: str) -> None:
        name = settings.SESSION_COOKIE_NAME
        window.context.clear_cookies()
        window.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])

    return signed_in
