"""manage.py follow, on a real RabbitMQ."""

import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kombu
import pytest

from shop.quickstart.ports import free_port
from tests.end_to_end.command import run, start
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers import proxy, rabbitmq

EXCHANGE = kombu.Exchange("orders.events", type="topic", durable=True)
MINE = kombu.Queue("mine", durable=True, queue_arguments={"x-queue-type": "quorum"})
CONFIRMED = {"confirm_publish": True}


def event(number: int, kind: str = "order.received") -> dict[str, Any]:
    data = {"order_num": "7K3M-Q9TX-2BDF", "total": "9.99"}
    return {"specversion": "1.0", "id": f"7K3M-Q9TX-2BDF/{number}", "type": kind, "data": data}


@pytest.fixture
def desk(own_broker: rabbitmq.RabbitMQ, tmp_path: Path) -> TestDesk:
    """Only its settings."""
    return TestDesk(tmp_path / "var", {"SHOP_BROKER_URL": own_broker.url})


@pytest.fixture
def channel(own_broker: rabbitmq.RabbitMQ) -> Iterator[Any]:
    with kombu.Connection(own_broker.url, transport_options=CONFIRMED) as connection:
        yield connection.default_channel


@pytest.fixture
def publish(channel: Any) -> Callable[..., None]:
    """Publishes an event, or another body to a queue."""

    def publish(body: Any, key: str = "order.received", **options: Any) -> None:
        to = {"exchange": EXCHANGE, "declare": [EXCHANGE], **options}
        kombu.Producer(channel).publish(body, routing_key=key, **to)

    return publish


def messages(broker: rabbitmq.RabbitMQ, queue: str = "mine") -> list[tuple[int, int]]:
    rows = broker.rows("list_queues", "name", "messages_ready", "messages_unacknowledged")
    return [(row["messages_ready"], row["messages_unacknowledged"]) for row in rows if row["name"] == queue]


def lines_of(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout
    return [process.stdout.readline().rstrip("\n") for _ in range(count)]


def end(process: subprocess.Popen[str]) -> list[str]:
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    return out.splitlines()


def test_events_are_a_line_each_and_the_queue_is_gone_afterwards(
    desk: TestDesk, own_broker: rabbitmq.RabbitMQ, publish: Callable[..., None]
) -> None:
    follow = start(desk, "follow")
    assert lines_of(follow, 1)[0].endswith("Following; Ctrl-C ends it.")
    publish(event(1))
    publish(event(2, "step.parked"), "step.parked")
    publish(event(3, "order.packed"), "order.packed")
    first, second = lines_of(follow, 2)
    assert first[10:] == 'order.received  7K3M-Q9TX-2BDF/1  {"total":"9.99"}'
    assert second[10:].startswith("order.packed  7K3M-Q9TX-2BDF/3")
    assert end(follow) == ["2 messages, each acknowledged when it was shown"]
    assert own_broker.rows("list_queues", "name") == []


def test_a_queue_with_a_name_keeps_what_comes_meanwhile(desk: TestDesk, publish: Callable[..., None]) -> None:
    follow = start(desk, "follow", "--queue", "mine", "--keys", "order.packed, step.*")
    lines_of(follow, 1)
    assert end(follow) == ["0 messages, each acknowledged when it was shown"]
    for number, key in enumerate(["order.packed", "order.received", "step.parked"]):
        publish(event(number, key), key)
    code, (*lines, last) = run(desk, "follow", "--queue", "mine", "--json", "--count", "2")
    assert code == 0
    assert [json.loads(line)["body"]["type"] for line in lines[:2]] == ["order.packed", "step.parked"]
    assert last == "2 messages, each acknowledged when it was shown"


def test_what_was_not_shown_stays_in_the_queue(
    desk: TestDesk, own_broker: rabbitmq.RabbitMQ, channel: Any, publish: Callable[..., None]
) -> None:
    MINE(channel).declare()
    for number in range(5):
        publish(f"body {number}", "mine", exchange="", declare=[])
    code, lines = run(desk, "follow", "--queue", "mine", "--count", "2")
    assert (code, [line[10:] for line in lines[1:3]]) == (0, ["mine  body 0", "mine  body 1"])
    wait_for(lambda: messages(own_broker) == [(3, 0)], "three messages are left")


def test_without_acknowledgements_it_says_how_many_it_lost(
    desk: TestDesk, own_broker: rabbitmq.RabbitMQ, channel: Any, publish: Callable[..., None]
) -> None:
    MINE(channel).declare()
    for number in range(50):
        publish(f"body {number}", "mine", exchange="", declare=[])
    _, lines = run(desk, "follow", "--queue", "mine", "--count", "2", "--no-ack")
    found = re.fullmatch(
        r"2 messages, none acknowledged; (\d+) more had been sent here already and are lost", lines[-1]
    )
    assert found
    assert int(found[1]) > 1
    wait_for(lambda: messages(own_broker) == [(48 - int(found[1]), 0)], f"all but {found[1]} are left")


def test_a_consumer_killed_half_way_gives_its_message_back(
    desk: TestDesk, own_broker: rabbitmq.RabbitMQ, channel: Any, publish: Callable[..., None]
) -> None:
    """Its reader is slow, so one message is shown and not acknowledged."""
    MINE(channel).declare()
    for _ in range(3):
        publish("x" * 200_000, "mine", exchange="", declare=[])
    follow = start(desk, "follow", "--queue", "mine", "--json")
    wait_for(lambda: messages(own_broker) == [(2, 1)], "one message is unacknowledged")
    follow.kill()
    follow.communicate()
    wait_for(lambda: messages(own_broker) == [(3, 0)], "all of them are ready again")


def test_it_connects_again(desk: TestDesk, own_broker: rabbitmq.RabbitMQ, publish: Callable[..., None]) -> None:
    with proxy.to(own_broker.port) as way:
        follow = start(desk, "follow", "--queue", "mine", "--keys", "#", SHOP_BROKER_URL=own_broker.url_at(way.port))
        lines_of(follow, 1)
        way.cut()
        gone, back = lines_of(follow, 2)
        publish(event(1))
        (line,) = lines_of(follow, 1)
        assert "The connection is gone (" in gone
        assert back.endswith("Connected again.")
        assert "7K3M-Q9TX-2BDF/1" in line
        assert end(follow) == ["1 message, each acknowledged when it was shown"]


def test_a_queue_that_somebody_deletes_ends_it_with_a_line(desk: TestDesk, channel: Any) -> None:
    MINE(channel).declare()
    follow = start(desk, "follow", "--queue", "mine")
    lines_of(follow, 1)
    MINE(channel).delete()
    _, err = follow.communicate(timeout=30)
    assert (follow.returncode, err) == (1, "CommandError: Somebody deleted the queue 'mine'.\n")


@pytest.mark.parametrize(
    "queue", ["sap", "printing", "matomo", "desk", "dead_letters", "orders.intake", "w@h.celery.pidbox", "celeryev.1"]
)
def test_the_desks_own_queues_are_not_consumed(desk: TestDesk, queue: str) -> None:
    code, (line,) = run(desk, "follow", "--queue", queue)
    assert code == 1
    assert line.startswith(f"CommandError: {queue} is the desk's own queue")


def test_what_is_in_the_way_is_one_line(desk: TestDesk, own_broker: rabbitmq.RabbitMQ, channel: Any) -> None:
    code, (line,) = run(desk, "follow", "--queue", "nowhere")
    assert (code, "There is no queue 'nowhere'. With --keys it is made" in line) == (1, True)
    kombu.Exchange("orders.events", type="fanout", durable=True)(channel).declare()
    code, (line,) = run(desk, "follow")
    assert (code, "exchange 'orders.events' on the broker is not the desk's: type is " in line) == (1, True)
    kombu.Queue("theirs", exclusive=True)(channel).queue_declare()
    code, (line,) = run(desk, "follow", "--queue", "theirs")
    assert (code, "exclusive" in line) == (1, True)
    code, (line,) = run(desk, "follow", SHOP_BROKER_URL=f"amqp://desk:secret@127.0.0.1:{free_port()}//")
    assert (code, "The broker does not answer: " in line, "secret" in line) == (2, True, False)
    code, (line,) = run(desk, "follow", SHOP_BROKER_URL="")
    assert (code, "The embedded broker has no exchanges" in line) == (1, True)


def test_a_message_that_can_not_be_read_ends_nothing(
    desk: TestDesk, channel: Any, publish: Callable[..., None]
) -> None:
    MINE(channel).declare()
    for body in (b"\xff\x1b[2J", b"[" * 100_000, b'{"specversion": 1e999}', b"", "\u202eabc\ud7ff".encode()):
        publish(body, "mine", exchange="", declare=[], content_encoding="binary", content_type="punycode")
    code, lines = run(desk, "follow", "--queue", "mine", "--count", "5")
    assert (code, len(lines)) == (0, 7)
    assert not [line for line in lines if "\x1b" in line or "\u202e" in line]


def test_a_reader_that_has_gone_ends_it_and_loses_nothing(
    desk: TestDesk, own_broker: rabbitmq.RabbitMQ, channel: Any, publish: Callable[..., None]
) -> None:
    MINE(channel).declare()
    follow = start(desk, "follow", "--queue", "mine")
    lines_of(follow, 1)
    assert follow.stdout
    assert follow.stderr
    follow.stdout.close()
    publish("x", "mine", exchange="", declare=[])
    assert (follow.stderr.read(), follow.wait(30)) == ("", 0)
    wait_for(lambda: messages(own_broker) == [(1, 0)], "the message is in the queue")
