"""manage.py queues, beside what RabbitMQ itself says."""

import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kombu
import pytest

from orders.messaging.queues import work_queue
from shop.quickstart.ports import free_port
from tests.end_to_end.command import run, start
from tests.end_to_end.conftest import FILE, OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers import rabbitmq

OWN = {"sap", "marketing", "printing", "desk", "dead_letters", "orders.intake"}


@pytest.fixture(scope="module")
def managed() -> Iterator[rabbitmq.RabbitMQ]:
    """With the management page."""
    with rabbitmq.server(plugins=["rabbitmq_management"]) as broker:
        yield broker


@pytest.fixture
def broker(managed: rabbitmq.RabbitMQ) -> rabbitmq.RabbitMQ:
    managed.forget()
    return managed


@pytest.fixture
def settings_of(broker: rabbitmq.RabbitMQ) -> dict[str, str]:
    page = f"http://127.0.0.1:{broker.management_port}"
    return {"SHOP_BROKER_URL": broker.url, "SHOP_BROKER_MANAGEMENT_URL": page}


@pytest.fixture
def closed_desk(settings_of: dict[str, str], filled_file: Path, tmp_path: Path) -> TestDesk:
    """Nothing of it runs."""
    here = TestDesk(tmp_path / "var", settings_of)
    shutil.copy(filled_file, here.var_dir / FILE)
    return here


def look(desk: TestDesk, **environment: str) -> tuple[int, dict[str, Any]]:
    code, (line,) = run(desk, "queues", "--json", **environment)
    found: dict[str, Any] = json.loads(line)
    assert found["code"] == code
    return code, found | {"queues": {queue.pop("queue"): queue for queue in found["queues"]}}


def wait_for_its_worker(desk: TestDesk) -> None:
    """The worker's row comes a moment after its " ready.", and the broker's counts of consumers are seconds old."""
    wait_for(lambda: look(desk)[0] == 0, lambda: f"all is well: {look(desk)[1]['warnings']}")


def counts(found: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    wanted = ("type", "ready", "unacknowledged", "consumers")
    return {name: tuple(queue[column] for column in wanted) for name, queue in found["queues"].items()}


def by_rabbitmq(broker: rabbitmq.RabbitMQ) -> dict[str, tuple[Any, ...]]:
    columns = ("name", "type", "messages_ready", "messages_unacknowledged", "consumers")
    rows = broker.rows("list_queues", *columns)
    return {row["name"]: tuple(row[column] for column in columns[1:]) for row in rows if row["name"] in OWN}


def test_it_says_what_rabbitmqctl_says_while_a_worker_holds_a_message(
    open_desk: OpenDesk, settings_of: dict[str, str], broker: rabbitmq.RabbitMQ
) -> None:
    desk = open_desk(settings_of)
    desk.fail("sap", "hang")
    number = desk.post()
    wait_for(lambda: {desk.state(number, name) for name in ("marketing", "printing")} == {"done"}, "two steps are done")
    wait_for(lambda: by_rabbitmq(broker)["sap"][2] == 1, "SAP's message is unacknowledged")
    wait_for(lambda: counts(look(desk)[1]) == by_rabbitmq(broker), lambda: f"{look(desk)} is {by_rabbitmq(broker)}", 60)
    code, found = look(desk)
    assert (code, found["warnings"], found["broker"], found["management"]) == (0, [], "rabbitmq", "ok")
    assert counts(found)["sap"] == ("quorum", 0, 1, 1)
    assert found["queues"].keys() == OWN
    assert {queue["workers"] for queue in found["queues"].values()} == {1}
    assert (found["queues"]["sap"]["open"], found["queues"]["printing"]["open"]) == (1, 0)
    assert found["queues"]["sap"]["oldest"].endswith("Z")


def test_a_stranger_who_consumes_is_told_apart_from_the_workers(
    open_desk: OpenDesk, settings_of: dict[str, str], broker: rabbitmq.RabbitMQ
) -> None:
    desk = open_desk(settings_of)
    wait_for_its_worker(desk)
    with kombu.Connection(broker.url) as connection, connection.Consumer(kombu.Queue("sap"), auto_declare=False):
        code, lines = run(desk, "queues")
    assert code == 1
    assert [line for line in lines if line.startswith("! ")] == [
        "! A stranger consumes sap: 1 of its consumers is no worker of the desk that answers. What it takes is lost "
        "time until the sweeper notices."
    ]


def test_who_takes_other_programs_orders_takes_them_for_good(
    open_desk: OpenDesk, settings_of: dict[str, str], broker: rabbitmq.RabbitMQ
) -> None:
    """It said of these, too, that the sweeper makes them good."""
    desk = open_desk(settings_of)
    queue = kombu.Queue("orders.intake")
    with kombu.Connection(broker.url) as connection, connection.Consumer(queue, auto_declare=False):
        code, lines = run(desk, "queues")
    assert code == 1
    assert [line for line in lines if line.startswith("! ")] == [
        "! A stranger consumes orders.intake: 1 of its consumers is no worker of the desk that answers. What it takes "
        "is lost: orders that their senders think are placed."
    ]


def test_another_desk_on_the_same_virtual_host_is_told_by_the_names_of_its_workers(
    open_desk: OpenDesk, settings_of: dict[str, str], filled_file: Path, tmp_path: Path
) -> None:
    theirs, ours = open_desk(settings_of), TestDesk(tmp_path / "ours", settings_of)
    shutil.copy(filled_file, ours.var_dir / FILE)
    wait_for_its_worker(theirs)
    with sqlite3.connect(ours.var_dir / FILE) as database:  # As a dump has them: rows of the other desk's workers.
        database.execute(f"ATTACH '{theirs.var_dir / FILE}' AS theirs")
        database.execute("INSERT INTO orders_worker SELECT * FROM theirs.orders_worker")
        database.execute("UPDATE orders_worker SET seen_at = datetime(seen_at, '-1 hour')")
    code, found = look(ours)
    assert (code, found["queues"]["sap"]["workers"], found["queues"]["sap"]["consumers"]) == (1, 0, 1)
    assert found["warnings"][0].startswith("This database has not heard of worker1@")
    code, (line,) = run(ours, "doctor", "--json")
    told = [finding["said"] for finding in json.loads(line)["findings"] if finding["check"] == "broker"]
    assert [said.startswith("This database has not heard of ") for said in told].count(True) == 1


def test_queues_that_are_missing_alone_or_too_full_are_warned_of(closed_desk: TestDesk, broker: Any) -> None:
    code, found = look(closed_desk)
    assert code == 1
    assert [warning.partition(":")[0] for warning in found["warnings"]] == [
        "The broker has no queue sap, marketing, printing, desk, orders.intake, dead_letters"
    ]
    with kombu.Connection(broker.url, transport_options={"confirm_publish": True}) as connection:
        for name in ("sap", "desk"):
            work_queue(name)(connection.default_channel).declare()
        for _ in range(3):
            connection.Producer().publish({}, exchange="sap", routing_key="sap")
    code, found = look(closed_desk)
    assert (code, found["queues"]["sap"]["ready"], found["queues"]["sap"]["open"]) == (1, 3, 0)
    assert found["warnings"] == [
        "The broker has no queue marketing, printing, orders.intake, dead_letters: a worker makes it when it starts.",
        "Nobody consumes sap, desk: is `celery -A shop worker` running?",
        "sap holds 3 messages for 0 open steps: copies, or somebody else's.",
    ]


def test_another_programs_queue_of_our_name_is_told_and_left_as_it_is(closed_desk: TestDesk, broker: Any) -> None:
    with kombu.Connection(broker.url) as connection:
        kombu.Queue("sap", durable=True)(connection.default_channel).queue_declare()
    code, found = look(closed_desk)
    assert (code, found["queues"]["sap"]["type"]) == (1, "classic")
    assert any("queue 'sap' on the broker is not the desk's" in warning for warning in found["warnings"])
    assert look(closed_desk, SHOP_BROKER_MANAGEMENT_URL="")[1]["queues"]["sap"]["type"] == "other"
    assert {row["name"]: row["type"] for row in broker.rows("list_queues", "name", "type")} == {"sap": "classic"}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "SHOP_BROKER_MANAGEMENT_URL is not set"),
        ("http://127.0.0.1:{free}", "Connection refused"),
        ("http://desk:wrong@127.0.0.1:{managed}", "it answered 401"),
        ("http://127.0.0.1:{managed}/elsewhere", "it answered 40"),
        ("http://127.0.0.1:{amqp}", ""),
    ],
)
def test_without_the_management_api_unacknowledged_is_a_dash(
    closed_desk: TestDesk, broker: rabbitmq.RabbitMQ, url: str, words: str
) -> None:
    ports = {"free": free_port(), "managed": broker.management_port, "amqp": broker.port}
    _, lines = run(closed_desk, "queues", SHOP_BROKER_MANAGEMENT_URL=url.format(**ports))
    (note,) = [line for line in lines if line.startswith("unacked is not known: ")]
    assert words in note
    assert "wrong" not in "".join(lines)


def test_a_broker_that_is_away_leaves_the_rows(closed_desk: TestDesk) -> None:
    code, lines = run(closed_desk, "queues", SHOP_BROKER_URL=f"amqp://desk:secret@127.0.0.1:{free_port()}//")
    assert code == 2
    assert lines[1].split() == ["sap", "–", "–", "–", "–", "–", "0", "0", "0", "0", "–"]
    assert lines[-1].startswith("The broker does not answer: ")
    assert "secret" not in "".join(lines)


def test_a_database_that_is_away_leaves_the_broker(closed_desk: TestDesk, broker: rabbitmq.RabbitMQ) -> None:
    with kombu.Connection(broker.url) as connection:
        work_queue("sap")(connection.default_channel).declare()
    code, lines = run(closed_desk, "queues", SHOP_DATABASE_URL=f"postgresql://desk:secret@127.0.0.1:{free_port()}/desk")
    assert code == 1
    row = lines[1].split()
    assert (row[:3], row[-5:]) == (["sap", "quorum", "0"], ["–"] * 5)
    assert [line for line in lines if line.startswith("! The database does not answer as it should: ")]
    assert "secret" not in "".join(lines)


def test_a_wrong_password_is_a_broker_that_is_away(closed_desk: TestDesk, broker: rabbitmq.RabbitMQ) -> None:
    code, lines = run(closed_desk, "queues", SHOP_BROKER_URL=f"amqp://desk:wrong@127.0.0.1:{broker.port}//")
    assert code == 2
    assert "ACCESS_REFUSED" in lines[-1]


def test_the_embedded_broker_says_what_it_can(open_desk: OpenDesk) -> None:
    desk = open_desk({})
    desk.wait_until_processed(desk.post())
    wait_for_its_worker(desk)
    code, found = look(desk)
    assert (code, found["broker"], found["warnings"]) == (0, "embedded", [])
    assert counts(found)["desk"] == ("files", 0, None, None)
    assert {queue["workers"] for queue in found["queues"].values()} == {1}


def test_watching_goes_on_until_ctrl_c(closed_desk: TestDesk) -> None:
    watching = start(closed_desk, "queues", "--watch", "--json")
    assert watching.stdout
    first, second = (json.loads(watching.stdout.readline()) for _ in range(2))
    assert first["at"] < second["at"]
    watching.send_signal(signal.SIGINT)
    assert watching.communicate(timeout=30)[1] == ""
    assert watching.returncode == 0


def test_the_doctor_warns_of_others_queues_that_nobody_reads(closed_desk: TestDesk, broker: rabbitmq.RabbitMQ) -> None:
    def found() -> dict[str, str]:
        out, _ = start(closed_desk, "doctor", "--json").communicate(timeout=60)
        return {row["said"]: row["level"] for row in json.loads(out)["findings"] if row["check"] == "broker"}

    assert found()["There are no other queues in the virtual host."] == "ok"
    wanted = {
        "Nobody reads these queues in the virtual host, which are none of the desk's: archive.": "warning",
        "Other programs read queues of their own in the virtual host: till.": "ok",
    }
    with kombu.Connection(broker.url) as line:
        queues = [kombu.Queue(name, channel=line.default_channel, durable=True) for name in ("archive", "till")]
        for queue in queues:
            queue.declare()
        queues[1].consume("reader", lambda message: None)
        # The management API hears of a queue's consumers some seconds later.
        wait_for(lambda: wanted.items() <= found().items(), lambda: f"both are told as they are: {found()}")
        for queue in queues:
            queue.delete()
