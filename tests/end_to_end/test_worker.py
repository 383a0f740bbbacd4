"""What the desk relies on in Celery and billiard that shows on a real worker alone; see test_contracts.py."""

import re
import signal
import time
from collections.abc import Set

import kombu
import pytest

from orders.messaging.worker.bulkhead import share
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, node, wait_for
from tests.servers.rabbitmq import RabbitMQ

SHUTDOWN = 2.0  # seconds that a worker has to end


@pytest.fixture
def floor(own_broker: RabbitMQ, database_url: str) -> dict[str, str]:
    return {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url}


def test_each_queue_is_prefetched_by_its_share_of_the_processes(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    """`Consumer.initial_prefetch_count` (orders/messaging/worker/consumer.py) is what Celery asks the broker for."""
    open_desk({**floor, "SHOP_WORKER_CONCURRENCY": "8"})
    found = prefetched(own_broker)
    assert share(8, 3) == 3
    assert {name: found[name] for name in ("sap", "marketing", "printing", "desk", "dead_letters")} == {
        "sap": 3, "marketing": 3, "printing": 3, "desk": 3, "dead_letters": 100,
    }  # fmt: skip


@pytest.mark.parametrize("more", [0, 4])
def test_a_worker_that_has_connected_anew_takes_no_more_than_its_share(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ, more: int
) -> None:
    """Celery would ask for a message a process of each queue (`max_prefetch_count`), also of a pool that grew."""
    desk = open_desk({**floor, "SHOP_WORKER_CONCURRENCY": "8"})
    if more:
        grow(desk, more)
    before = channels(own_broker)
    own_broker.ctl("close_all_connections", "a test")
    wait_for(
        lambda: {"sap", "marketing", "printing", "desk"} <= prefetched(own_broker, without=before).keys(),
        lambda: f"the worker has connected anew\n{desk.logs_of_workers()}",
        60,
    )
    found = prefetched(own_broker, without=before)
    assert {found[name] for name in ("sap", "marketing", "printing", "desk")} == {share(8 + more, 3)}


def test_a_larger_prefetch_multiplier_gives_no_queue_more_than_its_share(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    desk = open_desk(floor)
    desk.processes["worker1"].stop()
    desk.start_worker("worker2", "--concurrency", "8", "--prefetch-multiplier", "4")
    assert prefetched(own_broker)["sap"] == share(8, 3)


def grow(desk: TestDesk, more: int) -> None:
    """Gives the first worker more processes."""
    command = ("control", "-d", node(desk.processes["worker1"]), "--timeout", "60", "pool_grow", str(more))
    growing = desk.python("grow", "-m", "celery", "-A", "shop", *command)
    growing.start()
    assert growing.wait(90) == 0, growing.tail()


def channels(broker: RabbitMQ) -> set[str]:
    return {str(row["channel_pid"]) for row in broker.rows("list_consumers", "channel_pid")}


def prefetched(broker: RabbitMQ, *, without: Set[str] = frozenset()) -> dict[str, int]:
    """Each queue's prefetch count; `without` the consumers of these channels."""
    rows = broker.rows("list_consumers", "queue_name", "prefetch_count", "channel_pid")
    return {row["queue_name"]: row["prefetch_count"] for row in rows if str(row["channel_pid"]) not in without}


def test_a_worker_that_serves_one_queue_gives_it_all_its_processes(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    """`amqp.queues.consume_from` knows what `-Q` chose."""
    desk = open_desk(floor)
    desk.processes["worker1"].stop()
    desk.start_worker("worker2", "-Q", "printing", "--concurrency", "5")
    found = prefetched(own_broker)
    assert found["printing"] == 5
    assert not {"sap", "marketing"} & found.keys()
    assert "desk" in found  # So it sweeps.


def test_a_worker_with_nothing_to_do_tells_the_broker_nothing_unless_asked_to(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    """Celery's worker says every two seconds that it lives, on a connection of its own."""
    desk = open_desk(floor)
    assert "celeryev" not in exchanges(own_broker)
    assert connections(own_broker) == [desk.processes["worker1"].pid]
    desk.start_worker("worker2", "-E")
    assert "celeryev" in exchanges(own_broker)
    assert connections(own_broker).count(desk.processes["worker2"].pid) == 2


def exchanges(broker: RabbitMQ) -> set[str]:
    return {row["name"] for row in broker.rows("list_exchanges", "name")}


def connections(broker: RabbitMQ) -> list[int]:
    """The process of each that is a worker's own; its pool has others when it publishes."""
    return [
        int(pid)
        for pid in re.findall(r"order desk: worker .*?, pid (\d+)", broker.ctl("list_connections", "client_properties"))
    ]


@pytest.mark.timeout(180)
def test_a_worker_that_is_told_to_end_does_so_in_time_though_sap_hangs(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    """`worker_shutting_down`, `billiard.active_children` and `os._exit` (orders/messaging/worker/shutdown.py)."""
    desk = open_desk({**floor, "SHOP_SHUTDOWN_SECONDS": str(SHUTDOWN), "SHOP_STEP_GRACE_SECONDS": "600"})
    desk.fail("sap", "hang")
    number = desk.post()
    wait_for(lambda: desk.state(number, "sap") == "running", "SAP's step runs")
    worker = desk.processes["worker1"]
    started = time.monotonic()
    worker.send(signal.SIGTERM)
    wait_for(lambda: not worker.running, "the worker has ended")
    assert SHUTDOWN * 0.9 <= time.monotonic() - started < SHUTDOWN + 20
    assert "out of time; what still runs goes back to the queue" in worker.tail(40)
    wait_for(lambda: ready(own_broker, "sap") == 1, "the message is in its queue again")


def ready(broker: RabbitMQ, queue: str) -> int:
    with kombu.Connection(broker.url) as asking:
        return int(asking.default_channel.queue_declare(queue, passive=True).message_count)


def test_a_worker_with_too_few_processes_for_its_destinations_says_so(
    open_desk: OpenDesk, floor: dict[str, str]
) -> None:
    """The worker knows its number of processes and of destinations when its consumer is made."""
    desk = open_desk({**floor, "SHOP_WORKER_CONCURRENCY": "2"})
    assert "2 processes for 3 destinations" in desk.processes["worker1"].tail(60)
