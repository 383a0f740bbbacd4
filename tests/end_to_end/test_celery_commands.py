"""Celery's command line, where it would do a desk no good: one line that says what does."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.desk import TestDesk
from tests.servers import warm
from tests.servers.rabbitmq import RabbitMQ

REFUSED = {
    "amqp queue.declare foo": "manage.py queues",
    "amqp": "manage.py follow",
    "beat": "every worker does the periodic rounds by itself",
    "list bindings": "rabbitmqctl list_bindings",
    "migrate amqp://a amqp://b": "set SHOP_BROKER_URL to the other broker",
    "result 7": "no task has a result",
}


class Celery:
    def __init__(self, desk: TestDesk) -> None:
        self.desk = desk

    def __call__(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "celery", *arguments]
        environment = {**self.desk.environment, **more}
        return warm.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def celery(own_broker: RabbitMQ, tmp_path: Path) -> Celery:
    return Celery(TestDesk(tmp_path / "var", {"SHOP_BROKER_URL": own_broker.url}))


@pytest.mark.parametrize("app", [["-A", "shop"], []], ids=["shop", "found"])
@pytest.mark.parametrize("command", REFUSED)
def test_what_makes_no_sense_is_refused_in_one_line(
    command: str, app: list[str], celery: Celery, own_broker: RabbitMQ
) -> None:
    told = celery(*app, *command.split())
    assert told.returncode == 2, told
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"celery {command.split()[0]} is not for the desk: ")
    assert REFUSED[command] in line
    assert "foo" not in {row["name"] for row in own_broker.rows("list_queues", "name")}


@pytest.mark.parametrize("arguments", [["-Peventlet"], ["-Pgevent", "-n", "a@b"]])
def test_a_pool_that_is_not_installed_is_one_line(arguments: list[str], celery: Celery) -> None:
    told = celery("-A", "shop", "worker", *arguments)
    assert told.returncode == 78
    (line,) = told.stderr.splitlines()
    assert "can't end a step that hangs; use -P prefork" in line


def test_so_is_one_that_the_environment_names(celery: Celery) -> None:
    told = celery("-A", "shop", "worker", CELERY_WORKER_POOL="gevent")
    assert told.returncode == 78
    (line,) = told.stderr.splitlines()
    assert "-P gevent can't end a step that hangs" in line


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("report", "software"),
        ("purge -f", "No messages purged"),
        ("call orders.tasks.sweep_steps", "-"),
        ("status", "No nodes replied"),
    ],
)
def test_the_others_work_as_celery_has_them(command: str, said: str, celery: Celery) -> None:
    told = celery("-A", "shop", *command.split())
    assert said in told.stdout + told.stderr
    assert "Traceback" not in told.stderr
    assert "is not for the desk" not in told.stderr
