"""Workers that can't work as they were started, or have neighbours: real ones on a real RabbitMQ."""

import re
import signal
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import kombu
import pytest

from orders.messaging.worker.exits import CANNOT_WORK
from shop.quickstart.processes import Process
from tests.end_to_end.desk import TestDesk, node, wait_for
from tests.servers.rabbitmq import RabbitMQ


class Starter:
    """`start_worker("one", "-n", "a@%h")`: `celery -A shop worker` with these options; returns at once."""

    def __init__(self, desk: TestDesk) -> None:
        self.desk = desk

    def __call__(self, name: str, *options: str) -> Process:
        return self.celery("-A", "shop", "worker", "--loglevel=INFO", *options, name=name)

    def celery(self, *arguments: str, name: str = "command") -> Process:
        process = self.desk.python(name, "-m", "celery", *arguments)
        process.start()
        return process

    def ask(self, *arguments: str, of: list[Process], name: str = "command") -> Process:
        """By Celery's remote control; it ends when all have answered."""
        return self.celery(*arguments, "--timeout", "30", "-d", ",".join(map(node, of)), name=name)


@pytest.fixture
def start_worker(own_broker: RabbitMQ, database_url: str, tmp_path: Path) -> Iterator[Starter]:
    settings = {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url, "SHOP_WORKER_CONCURRENCY": "3"}
    starter = Starter(TestDesk(tmp_path / "var", settings))
    yield starter
    starter.desk.kill()


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
def test_a_foreign_queue_ends_the_worker_with_one_line(name: str, start_worker: Starter, own_broker: RabbitMQ) -> None:
    with kombu.Connection(own_broker.url) as stranger:
        stranger.default_channel.queue_declare(name, durable=True, auto_delete=False)
    assert_it_ended_with_one_line(start_worker("worker"), f"queue '{name}' on the broker is not the desk's")


def test_a_foreign_exchange_ends_the_worker_with_one_line(start_worker: Starter, own_broker: RabbitMQ) -> None:
    with kombu.Connection(own_broker.url) as stranger:
        stranger.default_channel.exchange_declare("printing", "topic", durable=True, auto_delete=False)
    assert_it_ended_with_one_line(start_worker("worker"), "exchange 'printing' on the broker is not the desk's: type")


def test_the_second_worker_of_a_given_name_ends_with_one_line(start_worker: Starter) -> None:
    wait_until_ready(start_worker("first", "-n", "ann@%h"))
    assert_it_ended_with_one_line(start_worker("second", "-n", "ann@%h"), "a worker called ann@")


BREAK_SAP = (  # The broker trips over the queue's row: 541 at each declare.
    '{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"sap">>)),'
    " mnesia:dirty_write(rabbit_queue, setelement(6, Q, broken))."
)


def test_a_broker_that_closes_at_each_declare_gets_ever_fewer_tries(
    start_worker: Starter, own_broker: RabbitMQ
) -> None:
    with kombu.Connection(own_broker.url) as stranger:
        stranger.default_channel.queue_declare("sap", durable=True, auto_delete=False)
    own_broker.ctl("eval", BREAK_SAP)
    worker = start_worker("worker")
    wait_for(lambda: len(tries(worker)) >= 4, "four tries failed")
    first, *_, fourth = tries(worker)[:4]
    assert (fourth - first).total_seconds() > 2.5  # Pauses of 0, 1 and 2 seconds.
    assert "Traceback" not in log_of(worker)
    told = time.monotonic()
    worker.send(signal.SIGTERM)
    wait_for(lambda: not worker.running, "the worker ends in the middle of a pause")
    assert time.monotonic() - told < 20
    assert "Traceback" not in log_of(worker)


def tries(worker: Process) -> list[datetime]:
    """When it said of each that it failed."""
    times = re.findall(r"^\[(\d{4}-\S+ \S+?),\d{3}: .*INTERNAL_ERROR", log_of(worker), re.M)
    return list(map(datetime.fromisoformat, times))


def test_two_workers_without_a_name_start_and_can_be_asked(start_worker: Starter) -> None:
    workers = [start_worker("first"), start_worker("second")]
    for worker in workers:
        wait_until_ready(worker)
    asking = start_worker.ask("-A", "shop", "inspect", "ping", of=workers)
    assert asking.wait(60) == 0
    assert log_of(asking).count("pong") == 2
    assert "2 nodes online" in log_of(asking)


def test_celery_without_the_app_answers_or_says_what_to_do(start_worker: Starter) -> None:
    wait_until_ready(worker := start_worker("worker"))
    for name, command in {"status": ["status"], "stats": ["inspect", "stats"]}.items():
        asking = start_worker.ask(*command, of=[worker], name=name)
        assert asking.wait(60) == 0, log_of(asking)
        assert "1 node online" in log_of(asking)
    assert_it_ended_with_one_line(start_worker.celery("worker", name="nameless"), "celery -A shop worker")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["-P", "threads"], "-P threads can't end a step that hangs"),
        (["--concurrency", "0"], "--concurrency 0 leaves nobody to work"),
        (["-c0"], "--concurrency 0 leaves nobody to work"),
        (["--autoscale", "0,0"], "--autoscale 0,0 leaves nobody to work"),
        (
            ["--pool-start-method", "spawn"],
            "spawn makes processes that wait for a silent database for ever; use fork",
        ),
        (["--autoscale", "0"], "--autoscale 0,0 leaves nobody to work"),
        (["--autoscale=3,0"], "--autoscale 3,0 leaves nobody to work; give a minimum of at least 1"),
        (["-Q", "sap,sapp"], "there is no queue 'sapp' (-Q, -X); there are: desk, marketing, printing, sap"),
        (["-X", "sapp"], "there is no queue 'sapp' (-Q, -X); there are: desk, marketing, printing, sap"),
    ],
)
def test_options_that_cannot_work_end_the_worker_with_one_line(
    options: list[str], line: str, start_worker: Starter
) -> None:
    assert_it_ended_with_one_line(start_worker("worker", *options), line)


def test_an_operators_typing_error_makes_no_queue(start_worker: Starter, own_broker: RabbitMQ) -> None:
    worker = start_worker("worker", "-n", "ann@%h", "-Q", "printing")
    wait_until_ready(worker)
    replies = {}
    for number, words in enumerate([("add_consumer", "sapp"), ("cancel_consumer", "desk"), ("add_consumer", "sap")]):
        asking = start_worker.ask("-A", "shop", "control", *words, of=[worker], name=f"control{number}")
        asking.wait(60)
        replies[words] = log_of(asking)
    assert "there is no queue 'sapp'; there are: desk, marketing, printing, sap" in replies["add_consumer", "sapp"]
    assert "every worker consumes desk" in replies["cancel_consumer", "desk"]
    assert "add consumer sap" in replies["add_consumer", "sap"]
    consumed = {row["queue_name"] for row in own_broker.rows("list_consumers", "queue_name")}
    assert {"sap", "desk", "printing"} <= consumed
    assert "sapp" not in {row["name"] for row in own_broker.rows("list_queues", "name")}


def test_no_command_leaves_a_worker_without_processes(start_worker: Starter) -> None:
    """The worker has three, the other may have one to four."""
    workers = [start_worker("fixed", "-n", "ann@%h"), start_worker("scaled", "-n", "bob@%h", "--autoscale", "4,1")]
    for worker in workers:
        wait_until_ready(worker)
    host = socket.gethostname()

    def told(name: str, *words: str) -> str:
        asking = start_worker.celery("-A", "shop", "control", "-d", f"{name}@{host}", *words, name="-".join(words))
        asking.wait(30)
        return log_of(asking)

    assert "pool will shrink" in told("ann", "pool_shrink", "1")
    assert "it has 2, and 4 less leaves nobody to work" in told("ann", "pool_shrink", "4")
    assert "it has 2, and 2 less leaves nobody to work" in told("ann", "pool_shrink", "2")
    assert "pool will shrink" in told("ann", "pool_shrink")
    assert "it has 1, and 1 less leaves nobody to work" in told("ann", "pool_shrink", "1")
    assert "0 is no number of processes" in told("ann", "pool_grow", "0")
    assert "pool will grow" in told("ann", "pool_grow", "1")
    assert "a minimum of 0 leaves nobody to work" in told("bob", "autoscale", "0", "0")
    assert "a minimum of 0 leaves nobody to work" in told("bob", "autoscale", "3", "0")
    assert "the maximum, 0, is less than the minimum, 1" in told("bob", "autoscale", "0")
    assert "autoscale now max=3 min=2" in told("bob", "autoscale", "3", "2")


@pytest.mark.parametrize("pool", ["prefork", "solo"])
def test_pools_that_work(pool: str, start_worker: Starter) -> None:
    desk = start_worker.desk
    desk.start_sandbox()
    desk.start_web()
    wait_until_ready(start_worker("worker", "-P", pool))
    desk.wait_until_processed(desk.post())


def test_each_connection_says_which_process_it_is(start_worker: Starter, own_broker: RabbitMQ) -> None:
    desk = start_worker.desk
    desk.start_sandbox()
    desk.start_web()
    worker = start_worker("worker", "-n", "ann@%h")
    wait_until_ready(worker)
    desk.wait_until_processed(desk.post())
    names = connection_names(own_broker)
    assert [name for name in names if name.startswith("order desk: web, host ")]
    (main,) = [name for name in names if name.endswith(f"pid {worker.pid}") and "worker ann@" in name][:1]
    assert main.startswith("order desk: worker ann@")
    asking = start_worker.celery("-A", "shop", "events", "--dump")
    wait_for(
        lambda: (
            f"celery events, host {socket.gethostname()}, pid {asking.pid}" in " ".join(connection_names(own_broker))
        ),
        "the command's connection is named",
    )


def connection_names(broker: RabbitMQ) -> list[str]:
    found = []
    for row in broker.rows("list_connections", "client_properties"):
        properties = {each[0]: each[2] for each in row["client_properties"]}
        found.append(str(properties.get("connection_name", "")))
    return found
