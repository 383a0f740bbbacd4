"""A PostgreSQL that falls silent, for real: its processes are stopped."""

import time
from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.extensions import set_wait_callback

from orders.database.patience import Each, NoAnswer, Together, bounded, install
from tests.servers import postgres


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.PostgreSQL]:
    with postgres.server() as here:
        yield here


@pytest.fixture(autouse=True)
def waiting_in_here() -> Iterator[None]:
    install()
    yield
    set_wait_callback(None)


def test_a_statement_is_given_up_and_its_connection_closed(server: postgres.PostgreSQL) -> None:
    connection = psycopg2.connect(server.url)
    began = time.monotonic()
    with bounded(Each(0.3)), pytest.raises(NoAnswer), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    assert connection.closed
    assert 0.3 <= time.monotonic() - began < 30


def test_a_stopped_server_keeps_neither_a_statement_nor_a_new_connection_waiting(server: postgres.PostgreSQL) -> None:
    connection = psycopg2.connect(server.url)
    server.freeze()
    try:
        began = time.monotonic()
        with bounded(Together(0.3)):
            with pytest.raises(NoAnswer):
                connection.cursor().execute("SELECT %s", ["x" * 20_000_000])  # More than the socket's buffers take.
            with pytest.raises(NoAnswer):
                psycopg2.connect(server.url)
        assert time.monotonic() - began < 30  # Unbounded they would wait for ever.
    finally:
        server.thaw()
    psycopg2.connect(server.url).close()


def test_every_statement_gets_a_little_time_however_late_it_begins(server: postgres.PostgreSQL) -> None:
    connection = psycopg2.connect(server.url)
    with bounded(Together(-10)), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")


def test_several_statements_and_cursors_of_the_server_work(server: postgres.PostgreSQL) -> None:
    connection = psycopg2.connect(server.url)
    with bounded(Each(5)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1; SELECT 2")
            assert cursor.fetchall() == [(2,)]
        with connection.cursor("named") as cursor:
            cursor.execute("SELECT generate_series(1, 5000)")
            assert sum(1 for _ in cursor) == 5000
    connection.close()
