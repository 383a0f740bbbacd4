"""That no password of the broker is shown by a worker or by Celery's commands, and that a malformed URL starts none."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, node
from tests.servers.rabbitmq import RabbitMQ

WORD = "hush"  # in each of the passwords
PASSWORDS = [f"{WORD}@1/w%rd#?;x,y:z", f"{WORD}-2"]


@pytest.fixture
def ann(own_broker: RabbitMQ) -> Iterator[str]:
    own_broker.ctl("add_user", "ann", PASSWORDS[0])
    own_broker.ctl("set_permissions", "ann", ".*", ".*", ".*")
    yield f"amqp://ann:{quote(PASSWORDS[0], '')}@127.0.0.1:{own_broker.port}//"
    own_broker.ctl("delete_user", "ann")


@pytest.fixture
def floor(database_url: str, ann: str) -> dict[str, str]:
    """Two nodes: nobody listens at the first."""
    nodes = f"amqp://bob:{PASSWORDS[1]}@127.0.0.1:9//;{ann}"
    return {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": nodes, "SHOP_LOG_LEVEL": "DEBUG"}


def said(desk: TestDesk, *arguments: str) -> str:
    process = desk.python("said", "-m", "celery", "-A", "shop", *arguments)
    process.log.unlink(missing_ok=True)
    process.start()
    process.wait(60)
    return process.log.read_text()


@pytest.mark.timeout(180)
def test_no_password_stands_in_banner_log_or_answers(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    desk = open_desk(floor)
    number = desk.post()
    desk.wait_until_processed(number)
    asked = ["--timeout", "30", "-d", node(desk.processes["worker1"])]
    texts = {"report": said(desk, "report")}
    texts |= {name: said(desk, *name.split(), *asked) for name in ("inspect report", "inspect conf", "inspect stats")}
    texts |= {path.name: path.read_text() for path in desk.logs.iterdir()}
    assert "amqp://bob:**@127.0.0.1:9" in texts["worker1.log"]
    assert "broker_url" in texts["report"]
    assert "alternates" in texts["inspect stats"]
    assert not {name for name, text in texts.items() if WORD in text}


@pytest.mark.parametrize(
    "rest",
    [
        "ann:p@hush/w%rd#?;x@host//",
        "ann:x@127.0.0.1:9//,amqp://bob:hush@127.0.0.1:9//",
        "ann:x@127.0.0.1:9//;amqp://bob:@hush@127.0.0.1:9//",
    ],
)
@pytest.mark.parametrize("command", [("worker",), ("report",)])
def test_a_malformed_url_is_refused_in_one_line(desk: TestDesk, rest: str, command: tuple[str, ...]) -> None:
    desk.environment["SHOP_BROKER_URL"] = f"amqp://{rest}"
    text = said(desk, *command)
    assert text.count("\n") == 1
    assert text.startswith("Refused to start: SHOP_BROKER_URL: ")
    assert "percent-encode" in text
    assert WORD not in text
    assert desk.processes["said"].exit_code == 3


@pytest.fixture
def desk(tmp_path: Path) -> TestDesk:
    return TestDesk(tmp_path, {})
