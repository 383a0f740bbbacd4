"""docs/examples: a producer and a follower in three languages, on a real RabbitMQ, with a real desk."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import kombu
import pytest

from shop.quickstart.processes import Process
from tests.docs.conftest import EXAMPLES, Examples
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import wait_for
from tests.servers.rabbitmq import RabbitMQ

LANGUAGES = ("py", "mjs", "sh")
ORDER = re.compile(r'"order_num": ?"([^"]+)"')


PAGES = Path(__file__).resolve().parents[2] / "docs"


def with_the_rights_of(page: str, broker: RabbitMQ) -> tuple[str, str]:
    """A user made as a page says it; its name and its address of the broker."""
    commands = [
        shlex.split(line) for line in (PAGES / page).read_text().splitlines() if line.startswith("rabbitmqctl ")
    ]
    (_, add, name, password), (_, *set_permissions) = commands
    broker.ctl(add, name, password)
    broker.ctl(*["/" if word == "desk" else word for word in set_permissions])
    return name, f"amqp://{name}:{password.replace(' ', '%20')}@{broker.url.rpartition('@')[2]}"


@pytest.fixture
def users(own_broker: RabbitMQ) -> Iterator[dict[str, str]]:
    """The addresses of a program that orders and of one that follows, by the first part of their files' names."""
    with kombu.Connection(own_broker.url) as connection:  # As the page has it made: the program may make none.
        connection.default_channel.queue_declare("shop.answers", durable=True, auto_delete=False)
    shop = with_the_rights_of("other-programs.md", own_broker)
    stock = with_the_rights_of("events.md", own_broker)
    yield {"producer": shop[1], "follower": stock[1]}
    for name, _ in (shop, stock):
        own_broker.ctl("delete_user", name)


def followers(broker: RabbitMQ) -> int:
    """How many queues get the orders' events."""
    rows = broker.rows("list_bindings", "source_name", "destination_kind")
    return sum(row["source_name"] == "orders.events" for row in rows)


def followed(log: Process, language: str) -> list[tuple[str, str]]:
    """Type and order of each event that a follower has shown."""
    lines = log.log.read_text().splitlines()
    if language == "sh":
        events = [json.loads(line) for line in lines]
        return [(event["type"], event["subject"]) for event in events]
    return [(kind, number) for kind, number, _ in (line.split() for line in lines)]


def has_shown(log: Process, language: str, expected: set[tuple[str, str]]) -> bool:
    return set(followed(log, language)) == expected


@pytest.mark.timeout(240)
def test_in_each_language_an_order_is_placed_and_every_order_followed(
    examples: Examples, own_broker: RabbitMQ, open_desk: OpenDesk, users: dict[str, str]
) -> None:
    """With the rights that the pages give such programs, and no others."""
    desk = open_desk({"SHOP_BROKER_URL": own_broker.url})
    wait_for(lambda: "orders.events" in own_broker.ctl("list_exchanges", "name"), "the desk has made its exchange")
    examples.environment["AMQP_URL"] = users["follower"]
    logs = {language: examples.start(f"follower.{language}") for language in LANGUAGES}
    wait_for(lambda: followers(own_broker) == len(LANGUAGES), "all follow")

    examples.environment |= {"AMQP_URL": users["producer"], "ANSWERS": "shop.answers"}
    numbers = []
    for language in LANGUAGES:
        printed = examples.run(f"producer.{language}")
        found = ORDER.search(printed)
        assert found, printed
        assert printed.startswith("{" if language == "sh" else "order.placed {")
        numbers.append(found[1])
    desk.wait_until_processed(*numbers)

    expected = {(kind, number) for number in numbers for kind in ("order.received", "order.processed")}
    for language, log in logs.items():
        wait_for(partial(has_shown, log, language, expected), log.tail)
    # The past once more: who keeps the last sequence of each order drops it.
    for name in ("stock.python", "stock.javascript"):
        desk.manage("events", "--since", "2020-01-01", "--publish", name)
    wait_for(lambda: empty(own_broker), "the repeats are taken")
    for language in ("py", "mjs"):
        assert len(followed(logs[language], language)) == len(expected)
    # With all rights the shell's producer needs no queue, and leaves none.
    examples.environment |= {"AMQP_URL": own_broker.url, "ANSWERS": ""}
    assert ORDER.search(examples.run("producer.sh"))
    queues = {row["name"] for row in own_broker.rows("list_queues", "name")}
    assert {name for name in queues if name.startswith("shop.")} == {"shop.answers"}


@pytest.mark.parametrize("language", ["py", "mjs"])
def test_a_follower_whose_queue_is_deleted_ends_and_says_so(
    examples: Examples, own_broker: RabbitMQ, language: str
) -> None:
    with kombu.Connection(own_broker.url) as connection:
        channel = connection.default_channel
        kombu.Exchange("orders.events", "topic")(channel).declare()
        log = examples.start(f"follower.{language}")
        wait_for(lambda: followers(own_broker), log.tail)
        (queue,) = (row["name"] for row in own_broker.rows("list_queues", "name"))
        wait_for(lambda: channel.queue_declare(queue, passive=True).consumer_count, log.tail)
        channel.queue_delete(queue)
    wait_for(lambda: not log.running, log.tail)
    assert (log.exit_code, log.log.read_text()) == (1, "The queue is gone: somebody deleted it.\n")


def empty(broker: RabbitMQ) -> bool:
    rows = broker.rows("list_queues", "name", "messages")
    return not any(row["messages"] for row in rows if row["name"].startswith("stock."))


def test_the_examples_are_short() -> None:
    for path in EXAMPLES.glob("*.*"):
        lines = [
            line for line in path.read_text().splitlines() if line.strip() and not line.startswith(("#", "//", '"""'))
        ]
        assert path.suffix == ".json" or len(lines) <= 18, path
