"""Workers that can't work as they were started, or have neighbours: real ones on a real RabbitMQ."""

from collections.abc import Callable, Iterator
from pathlib import Path

import kombu
import pytest

from orders.messaging.worker.exits import CANNOT_WORK
from shop.quickstart.processes import Process
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers.rabbitmq import RabbitMQ

StartWorker = Callable[..., Process]


@pytest.fixture
def start_worker(own_broker: RabbitMQ, database_url: str, tmp_path: Path) -> Iterator[StartWorker]:
    """`start_worker("one", "-n", "a@%h")`: `celery -A shop worker` with these options; returns at once."""
    settings = {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url, "SHOP_WORKER_CONCURRENCY": "3"}
    desk = TestDesk(tmp_path / "var", settings)

    def start(name: str, *options: str) -> Process:
        worker = desk.python(name, "-m", "celery", "-A", "shop", "worker", "--loglevel=INFO", *options)
        worker.start()
        return worker

    yield start
    desk.kill()


def log_of(worker: Process) -> str:
    return worker.log.read_text(errors="replace")


def wait_until_ready(worker: Process) -> None:
    wait_for(lambda: " ready." in log_of(worker) or not worker.running, f"{worker.name} is ready")
    assert worker.running, log_of(worker)


def assert_it_ended_with_one_line(worker: Process, line: str) -> None:
    wait_for(lambda: not worker.running, f"{worker.name} ends\n{log_of(worker)}")
    said = log_of(worker)
    assert worker.exit_code == CANNOT_WORK, said
    assert [each for each in said.splitlines() if line in each], said
    assert len([each for each in said.splitlines() if "The worker ends" in each]) == 1
    assert "Traceback" not in said
    assert "Unrecoverable" not in said


@pytest.mark.parametrize("name", ["sap", "desk", "dead_letters"])
def test_a_foreign_queue_ends_the_worker_with_one_line(
    name: str, start_worker: StartWorker, own_broker: RabbitMQ
) -> None:
    with kombu.Connection(own_broker.url) as stranger:
        stranger.default_channel.queue_declare(name, durable=True, auto_delete=False)
    assert_it_ended_with_one_line(start_worker("worker"), f"queue '{name}' on the broker is not the desk's")


def test_a_foreign_exchange_ends_the_worker_with_one_line(start_worker: StartWorker, own_broker: RabbitMQ) -> None:
    with kombu.Connection(own_broker.url) as stranger:
        stranger.default_channel.exchange_declare("printing", "topic", durable=True, auto_delete=False)
    assert_it_ended_with_one_line(start_worker("worker"), "exchange 'printing' on the broker is not the desk's: type")


def test_the_second_worker_of_a_given_name_ends_with_one_line(start_worker: StartWorker) -> None:
    wait_until_ready(start_worker("first", "-n", "ann@%h"))
    assert_it_ended_with_one_line(start_worker("second", "-n", "ann@%h"), "a worker called ann@")
