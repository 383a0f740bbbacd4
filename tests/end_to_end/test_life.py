"""The signs of life of real workers and a real web: their rows, their files, and what systemd hears."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from shop.quickstart.processes import Process
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.systemd import Systemd, listening

WATCHDOG = 3.0  # seconds
PATIENCE = 15.0  # seconds; it comes twice in WATCHDOG, where the processor is free


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    with listening(tmp_path if request.param == "path" else None) as found:
        yield found


@pytest.fixture
def desk(own_broker: RabbitMQ, database_url: str, systemd: Systemd, tmp_path: Path) -> Iterator[TestDesk]:
    here = TestDesk(
        tmp_path / "var",
        {
            "SHOP_DATABASE_URL": database_url,
            "SHOP_BROKER_URL": own_broker.url,
            "SHOP_WORKER_CONCURRENCY": "3",
            "SHOP_WORKER_ALIVE_FILE": str(tmp_path / "alive"),
            "NOTIFY_SOCKET": systemd.address,
            "WATCHDOG_USEC": str(int(WATCHDOG * 1_000_000)),
        },
    )
    yield here
    here.kill()


def rows(database_url: str, what: str = "name") -> list[Any]:
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM orders_worker")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def stands_still(pid: int) -> bool:
    """SIGSTOP has got through to it. What it had said before that is on its way no longer."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("T")


def group(leader: int) -> list[int]:
    """Processes that were started by this one, and itself."""
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    return [leader, *map(int, children)]


def start(desk: TestDesk, *options: str) -> Process:
    return desk.start_worker("worker1", *options)


@pytest.mark.timeout(240)
def test_a_worker_is_ready_alive_silent_when_stopped_and_gone_when_it_ends(
    desk: TestDesk, systemd: Systemd, database_url: str, own_broker: RabbitMQ, tmp_path: Path
) -> None:
    worker = start(desk)
    wait_for(lambda: systemd.count("READY=1") == 1, "the worker is ready")
    (name,) = rows(database_url)
    assert rows(database_url, "queues") == [["desk", "marketing", "printing", "sap"]]
    assert rows(database_url, "processes") == [3]
    assert (tmp_path / "alive").read_text().strip() == name
    assert systemd.hears("WATCHDOG=1", PATIENCE)

    os.kill(worker.pid, signal.SIGSTOP)
    wait_for(lambda: stands_still(worker.pid), "the worker stands still")
    systemd.listen()
    assert not systemd.hears("WATCHDOG=1", WATCHDOG + 1)
    os.kill(worker.pid, signal.SIGCONT)
    assert systemd.hears("WATCHDOG=1", PATIENCE)

    # That the broker is away is no reason to end the worker.
    own_broker.stop()
    until = time.monotonic() + 12
    while time.monotonic() < until:
        assert systemd.hears("WATCHDOG=1", PATIENCE), "silent while the broker is away"
    own_broker.start()
    (before,) = rows(database_url, "seen_at")
    wait_for(lambda: systemd.listen() and rows(database_url, "seen_at") > [before], "the row is renewed again", 60)

    assert worker.stop() == 0
    assert rows(database_url) == []
    assert not (tmp_path / "alive").exists()
    assert systemd.count("STOPPING=1") == 1
    assert systemd.count("READY=1") == 1


def test_a_loop_that_is_stuck_is_silent(
    desk: TestDesk, systemd: Systemd, own_broker: RabbitMQ, database_url: str
) -> None:
    """With `-P solo` a step runs in the loop itself: SAP that hangs is a loop that hangs."""
    desk.environment["SHOP_STEP_TIME_LIMIT_SECONDS"] = "40"
    desk.start_sandbox()
    desk.start_web(processes=1)
    desk.environment["WATCHDOG_USEC"] = str(int(WATCHDOG * 1_000_000))
    systemd.listen()
    start(desk, "-P", "solo")
    wait_for(lambda: rows(database_url), "the worker is there")
    desk.fail("sap", "hang")
    number = desk.post()
    desk.processes["web"].stop()
    wait_for(lambda: hangs(database_url, number), "SAP's step runs")
    systemd.hears("WATCHDOG=1", 0.5)  # One may be on its way.
    assert not systemd.hears("WATCHDOG=1", WATCHDOG + 1)


def hangs(database_url: str, number: str) -> bool:
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_step WHERE name = 'sap' AND state = 'running'")
        return bool(cursor.fetchone() == (1,))


def test_the_web_is_ready_when_a_process_answers_and_silent_when_none_goes_round(
    desk: TestDesk, systemd: Systemd
) -> None:
    web = desk.start_web(processes=2)
    wait_for(lambda: systemd.count("READY=1") == 2, "both processes are ready")
    assert systemd.hears("WATCHDOG=1", PATIENCE)
    os.killpg(web.pid, signal.SIGSTOP)
    wait_for(lambda: all(map(stands_still, group(web.pid))), "the web stands still")
    systemd.listen()
    assert not systemd.hears("WATCHDOG=1", WATCHDOG)
    os.killpg(web.pid, signal.SIGCONT)
    assert systemd.hears("WATCHDOG=1", PATIENCE)
    web.stop()
    assert systemd.count("STOPPING=1") == 1
