"""A database that stalls while more customers come than gunicorn has threads: told in time, and taken again at once."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.end_to_end.command import run, start
from tests.end_to_end.desk import TestDesk, wait_for
from tests.faults.load import Load
from tests.servers import postgres, proxy
from tests.servers.postgres import PostgreSQL

PROCESSES, THREADS = 2, 4
CUSTOMERS = 3 * PROCESSES * THREADS
BACK = 2.0  # seconds from the stall's end to the next 201


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A PostgreSQL of our own, to be stalled, with tables and products."""
    with postgres.server() as database:
        TestDesk(tmp_path_factory.mktemp("filled"), {"SHOP_DATABASE_URL": database.url}).fill()
        yield database


@contextmanager
def web(folder: Path, database_url: str) -> Iterator[Load]:
    """gunicorn with customers, who have used each of its threads. Nobody works on their orders."""
    desk = TestDesk(folder / "var", {"SHOP_DATABASE_URL": database_url})
    try:
        desk.start_web(PROCESSES, THREADS)
        customers = Load(f"{desk.url}/order")
        customers.burst(CUSTOMERS, hands=CUSTOMERS)
        assert not customers.refused
        yield customers
    finally:
        desk.kill()


def assert_bounded(customers: Load, begin: Callable[[], object], end: Callable[[], object]) -> None:
    """While it lasts everybody is told to come back, and health answers; afterwards orders are taken again."""
    customers.forget()
    begin()
    try:
        with ThreadPoolExecutor(CUSTOMERS) as pool:
            posts = [pool.submit(customers.post) for _ in range(3 * CUSTOMERS)]
            while not all(post.done() for post in posts):
                assert customers.health()[0] == 200
                assert customers.health("/ready")[0] == 503
                time.sleep(0.1)
    finally:
        end()
    customers.assert_told()
    assert not customers.accepted
    wait_for(lambda: customers.post().status == 201, "orders are taken again", BACK)
    wait_for(lambda: customers.health("/ready")[0] == 200, "the web is ready", BACK)


def assert_all_threads_are_well(customers: Load) -> None:
    customers.forget()
    customers.burst(CUSTOMERS, hands=CUSTOMERS)
    assert not customers.refused


def test_a_stopped_server(tmp_path: Path, server: PostgreSQL) -> None:
    """SIGSTOP: the kernel goes on taking connections and bytes for it."""
    with web(tmp_path, server.url) as customers:
        assert_bounded(customers, server.freeze, server.thaw)
        assert_all_threads_are_well(customers)


def test_commands_beside_a_locked_table(tmp_path: Path, server: PostgreSQL) -> None:
    """`queues` says so and shows the rest; any other ends by Ctrl-C, though its statement never does."""
    desk = TestDesk(tmp_path / "var", {"SHOP_DATABASE_URL": server.url})
    with closing(psycopg2.connect(server.url)) as migration:
        migration.cursor().execute("LOCK TABLE orders_step, orders_event")
        code, lines = run(desk, "queues")
        assert code == 1
        assert "! The database does not answer as it should: the database did not answer in time" in lines
        waiting = start(desk, "events", "--since", "2026-01-01")
        wait_for(lambda: server.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"), "it waits")
        waiting.send_signal(signal.SIGINT)
        waiting.communicate(timeout=30)


def test_a_black_hole_between_web_and_server(tmp_path: Path, server: PostgreSQL) -> None:
    with proxy.to(server.port) as between:
        url = server.url.replace(f":{server.port}/", f":{between.port}/")
        with web(tmp_path, url) as customers:
            assert_bounded(customers, between.black_hole, between.heal)
            assert_all_threads_are_well(customers)


def test_a_server_that_can_only_be_read_and_then_written_again(tmp_path: Path, server: PostgreSQL) -> None:
    """As after a failover: connections that lead to the standby stay there, only new ones can write."""

    def read_only() -> None:
        server.query(f"ALTER DATABASE {postgres.NAME} SET default_transaction_read_only = on")
        server.terminate_backends()

    def writable() -> None:
        server.query(f"ALTER DATABASE {postgres.NAME} RESET default_transaction_read_only")

    with web(tmp_path, server.url) as customers:
        assert_bounded(customers, read_only, writable)
        assert_all_threads_are_well(customers)


def test_a_worker_gives_a_stopped_server_up_and_comes_back(tmp_path: Path, server: PostgreSQL) -> None:
    """Unbounded, its processes would wait until the pool kills them, and say nothing."""
    quick = {"SHOP_STEP_TIME_LIMIT_SECONDS": "6", "SHOP_STEP_GRACE_SECONDS": "1"}  # Its statements may take 2 s.
    desk = TestDesk(tmp_path / "var", {"SHOP_DATABASE_URL": server.url, **quick})
    try:
        desk.open()
        desk.wait_until_processed(desk.post())
        log = desk.processes["worker1"].log
        server.freeze()
        try:
            wait_for(lambda: "the database is away (NoAnswer" in log.read_text(errors="replace"), "it gave up")
        finally:
            server.thaw()
        desk.wait_until_processed(desk.post())
        assert "TimeLimitExceeded" not in log.read_text(errors="replace")
    finally:
        desk.kill()
