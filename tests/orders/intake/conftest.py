"""Other programs, as far as a test of the intake needs them: on a real RabbitMQ, to a real worker."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import unquote

import amqp
import psycopg2
import pytest

from tests.end_to_end.conftest import (  # noqa: F401 - the fixtures of a whole desk
    OpenDesk,
    database_url,
    filled_database,
    open_desk,
)
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers.rabbitmq import RabbitMQ

ORDER = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}
JSON = "application/json"


class Program:
    """A program of somebody else's, with a connection of its own; what it sends, the broker has confirmed."""

    def __init__(self, connection: amqp.Connection, user: str) -> None:
        self.connection, self.channel, self.user = connection, connection.channel(), user
        self.channel.confirm_select()
        self.answers: list[Any] = []

    def send(self, body: Any = ORDER, *, exchange: str = "orders.intake", key: str = "", **properties: Any) -> None:
        """`properties` are AMQP's; `...` leaves the content type out."""
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"content_type": JSON, "delivery_mode": 2, **properties}
        message = amqp.Message(payload, **{name: value for name, value in given.items() if value is not ...})
        self.channel.basic_publish_confirm(message, exchange, key or "orders.intake")

    def listen(self, queue: str = "") -> str:
        """Declares a queue of its own for answers; returns its name. `amq.rabbitmq.reply-to` needs none."""
        direct = queue == "amq.rabbitmq.reply-to"
        name = queue if direct else str(self.channel.queue_declare(queue, exclusive=True).queue)
        self.consume(name)
        return name

    def consume(self, queue: str) -> None:
        self.channel.basic_consume(queue, no_ack=True, callback=self.answers.append)

    def answer(self, patience: float = 20) -> tuple[str, dict[str, Any], Any]:
        """Waits for the next answer: its type, its body and the whole message."""

        def came() -> bool:
            with suppress(TimeoutError):
                self.connection.drain_events(timeout=0.2)
            return bool(self.answers)

        if not self.answers:
            wait_for(came, "an answer came", patience)
        message = self.answers.pop(0)
        return message.properties["type"], json.loads(message.body), message


@contextmanager
def program(url: str) -> Iterator[Program]:
    user, rest = url.removeprefix("amqp://").split(":", 1)
    password, rest = rest.split("@", 1)
    host, _, vhost = rest.partition("/")
    connection = amqp.Connection(host, user, password, virtual_host=unquote(vhost) or "/", connect_timeout=5)
    connection.connect()
    try:
        yield Program(connection, user)
    finally:
        connection.collect()


class Orders:
    """A desk with an outside program's eyes, and its rows."""

    def __init__(self, desk: TestDesk, broker: RabbitMQ) -> None:
        self.desk, self.broker = desk, broker

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.desk.environment["SHOP_DATABASE_URL"])
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall()
        connection.close()
        return found

    def execute(self, statement: str) -> None:
        with closing(psycopg2.connect(self.desk.environment["SHOP_DATABASE_URL"])) as connection, connection:
            connection.cursor().execute(statement)

    def count(self) -> int:
        return int(self.query("SELECT count(*) FROM orders_order")[0][0])

    def letters(self) -> list[tuple[str, str, Any, Any]]:
        """Queue, reason, problem details and properties."""
        return self.query("SELECT queue, reason, problem, properties FROM orders_deadletter ORDER BY id")

    def held(self) -> int:
        """Messages in the intake's queue, unacknowledged ones too."""
        rows = self.broker.rows("list_queues", "name", "messages")
        return sum(row["messages"] for row in rows if row["name"] == "orders.intake")

    def wait_for_orders(self, count: int, patience: float = 40) -> None:
        wait_for(lambda: self.count() >= count, lambda: f"{count} orders\n{self.desk.logs_of_workers()}", patience)
        assert self.count() == count

    def wait_for_letters(self, count: int, patience: float = 40) -> list[tuple[str, str, Any, Any]]:
        wait_for(
            lambda: len(self.letters()) >= count,
            lambda: f"{count} dead letters: {[reason for _, reason, *_ in self.letters()]}",
            patience,
        )
        found = self.letters()
        assert len(found) == count, found
        return found

    def wait_until_empty(self) -> None:
        wait_for(lambda: not self.held(), "orders.intake is empty")


@pytest.fixture
def floor(own_broker: RabbitMQ, database_url: str) -> dict[str, str]:  # noqa: F811
    return {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url}


@pytest.fixture
def orders(open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ) -> Orders:  # noqa: F811
    """A desk with one worker that listens."""
    here = Orders(open_desk(floor), own_broker)
    wait_until_listening(here)
    return here


def wait_until_listening(here: Orders, workers: int = 1) -> None:
    def listening() -> bool:
        rows = here.broker.rows("list_queues", "name", "consumers")
        return any(row["name"] == "orders.intake" and row["consumers"] == workers for row in rows)

    wait_for(listening, lambda: f"a worker listens\n{here.desk.logs_of_workers()}")


@pytest.fixture
def other(own_broker: RabbitMQ) -> Iterator[Program]:
    """A program that uses the desk's own user."""
    with program(own_broker.url) as opened:
        yield opened


@pytest.fixture
def outside(own_broker: RabbitMQ) -> Iterator[Callable[[], Any]]:
    """Makes an outside user with the rights that docs/other-programs.md gives it: `with outside() as program`."""
    name, password = f"shop-{secrets.token_hex(3)}", secrets.token_hex(8)
    own_broker.ctl("add_user", name, password)
    own_broker.ctl("set_permissions", name, "", r"^orders\.intake$", f"^{name}\\.", "-p", "/")
    host = own_broker.url.rpartition("@")[2]
    yield lambda: program(f"amqp://{name}:{password}@{host}")
    own_broker.ctl("delete_user", name)
