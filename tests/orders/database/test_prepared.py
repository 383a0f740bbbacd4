"""Statements that a connection prepares: planned once, and never in the way when a pooler loses them."""

import threading
import time
from datetime import UTC
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.database import prepared
from orders.database.outage import AWAY
from orders.models import Order
from orders.steps import settling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_postgresql")]

ADD = "INSERT INTO jar (stone) VALUES (%s) RETURNING stone"


@pytest.fixture(autouse=True)
def jar() -> None:
    """A table of the connection's own, and a connection that has prepared nothing."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE jar (stone integer UNIQUE)")


def add(stone: int) -> int:
    with connection.cursor() as cursor:
        prepared.execute(cursor, ADD, [stone])
        return int(cursor.fetchone()[0])


def asked(statement: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def known() -> list[object]:
    return asked("SELECT statement FROM pg_prepared_statements")


def stones() -> list[object]:
    return asked("SELECT stone FROM jar ORDER BY stone")


def test_a_statement_is_prepared_once_and_gives_what_it_would() -> None:
    assert [add(1), add(2), add(3)] == [1, 2, 3]
    assert stones() == [1, 2, 3]
    assert len(known()) == 1
    assert "VALUES ($1)" in str(known()[0])


def test_rows_that_changed_are_counted() -> None:
    add(1)
    with connection.cursor() as cursor:
        for stone, changed in ((1, 1), (1, 0)):
            prepared.execute(cursor, "UPDATE jar SET stone = 9 WHERE stone = %s", [stone])
            assert cursor.rowcount == changed
    assert len(known()) == 2


def add_two(one: int, other: int) -> int:
    with connection.cursor() as cursor:
        prepared.execute(cursor, ADD, [one, other], first="INSERT INTO jar (stone) VALUES (%s)")
        return int(cursor.fetchone()[0])


def test_a_statement_that_goes_first_takes_the_first_values_and_the_answer_is_the_second_ones() -> None:
    assert [add_two(1, 2), add_two(3, 4)] == [2, 4]
    assert stones() == [1, 2, 3, 4]
    assert len(known()) == 2


@pytest.mark.parametrize("prepared", [True, False])
def test_two_that_go_together_happen_together_or_not_at_all(prepared: bool) -> None:
    add_two(1, 2)
    if not prepared:
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        assert add_two(3, 4) == 4  # What was lost is noticed, and it is done once all the same.
    with pytest.raises(IntegrityError):
        add_two(5, 2)
    assert 5 not in stones()


def test_the_second_sees_what_was_committed_while_the_first_waited(order: Order) -> None:
    """Two last steps that end at the same moment: the second one finds the first one done."""
    other = connection.copy()

    def hold() -> None:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM orders_order WHERE id = %s FOR UPDATE", [order.pk])
            held.set()
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while not asked_by(cursor, waiting):
                time.sleep(0.01)
            cursor.execute("UPDATE orders_order SET note = 'changed' WHERE id = %s", [order.pk])
        other.commit()

    held = threading.Event()
    other.set_autocommit(False)
    other.inc_thread_sharing()
    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        with connection.cursor() as cursor:
            note = "SELECT note FROM orders_order WHERE id = %s"
            prepared.execute(cursor, note, [order.pk, order.pk], first=settling.LOCK_SQL)
            assert cursor.fetchone() == ("changed",)
    finally:
        holder.join(20)
        other.close()


def asked_by(cursor: CursorWrapper, statement: str) -> object:
    cursor.execute(statement)
    return cursor.fetchone()[0]


def test_whoever_looks_on_sees_what_is_fetched() -> None:
    """A log of statements, a test that counts them, a hook of Django's."""
    hooked: list[str] = []

    def hook(do: Any, sql: str, *rest: Any) -> Any:
        hooked.append(sql)
        return do(sql, *rest)

    with CaptureQueriesContext(connection) as seen:
        assert prepared.fetch("SELECT %s + 1", [1]) == [(2,)]
    with connection.execute_wrapper(hook):
        assert prepared.fetch("SELECT %s + 1", [2]) == [(3,)]
    assert prepared.fetch("SELECT %s + 1", [3]) == [(4,)]
    assert ["EXECUTE" in sql for sql in (*hooked, seen.captured_queries[-1]["sql"])] == [True, True]


def test_a_time_that_is_fetched_is_as_django_gives_it() -> None:
    at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [at])
        (theirs,) = cursor.fetchone()
    ((ours,),) = prepared.fetch("SELECT %s::timestamptz", [at])
    assert (ours, ours.tzinfo) == (theirs, theirs.tzinfo) == (at, UTC)


def test_an_error_of_what_is_fetched_is_djangos_and_a_dead_connection_is_away() -> None:
    add(1)
    with pytest.raises(IntegrityError):
        prepared.fetch(ADD, [1])
    connection.connection.close()
    try:
        with pytest.raises(AWAY):
            prepared.fetch(ADD, [2])
    finally:
        connection.close()


def test_a_connection_that_died_while_nobody_used_it_is_replaced_before_anything_is_fetched() -> None:
    """A restart, a failover, a firewall: the request that comes next must not pay for it."""
    assert prepared.fetch("SELECT %s + 1", [1]) == [(2,)]
    close_old_connections()  # As at the beginning of each request.
    killed = connection.connection.get_backend_pid()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [killed])
    other.close()
    assert prepared.fetch("SELECT %s + 1", [2]) == [(3,)]
    assert connection.connection.get_backend_pid() != killed


def test_in_a_transaction_nothing_is_prepared() -> None:
    with transaction.atomic():
        assert add(1) == 1
    assert known() == []


def test_a_statement_that_is_rare_is_not_kept() -> None:
    places = ", ".join(["(%s)"] * 101)
    with connection.cursor() as cursor:
        prepared.execute(cursor, f"INSERT INTO jar (stone) VALUES {places}", range(101), keep=False)  # noqa: S608
    assert len(stones()) == 101
    assert known() == []


def test_an_error_of_the_statement_is_the_callers_and_it_stays_prepared() -> None:
    add(1)
    with pytest.raises(IntegrityError):
        add(1)
    assert add(2) == 2
    assert len(known()) == 1


@pytest.mark.parametrize(
    "happening",
    [
        pytest.param("DEALLOCATE ALL", id="a pooler gives us another session"),
        pytest.param("ALTER TABLE jar ALTER stone TYPE bigint", id="a migration changes a column"),
    ],
)
def test_what_was_prepared_is_lost_and_the_statement_is_executed_once_all_the_same(happening: str) -> None:
    add(1)
    with connection.cursor() as cursor:
        cursor.execute(happening)
    assert [add(2), add(3)] == [2, 3]
    assert stones() == [1, 2, 3]


@pytest.mark.parametrize("statement", ["INSERT INTO bag VALUES (%s)", "UPDATE bag SET stone = stone WHERE stone = %s"])
def test_a_value_keeps_no_type_that_its_column_has_lost(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bag (stone varchar)")
        prepared.execute(cursor, statement, ["0b7f9a3e-52c4-4b55-9c86-8d1d55c1c0aa"])
        cursor.execute("ALTER TABLE bag ALTER stone TYPE uuid USING stone::uuid")
        cursor.execute("TRUNCATE bag")
        cursor.execute("INSERT INTO bag VALUES ('1b7f9a3e-52c4-4b55-9c86-8d1d55c1c0aa')")
        prepared.execute(cursor, statement, ["1b7f9a3e-52c4-4b55-9c86-8d1d55c1c0aa"])
        assert cursor.rowcount == 1


def test_a_session_that_others_prepared_statements_in() -> None:
    add(1)
    prepared._sessions.clear()  # As another process behind the same pooler would.
    assert [add(2), add(3)] == [2, 3]
    assert stones() == [1, 2, 3]


def test_after_a_lost_statement_the_connection_tries_no_more_and_the_next_one_does() -> None:
    add(1)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    add(2)
    add(3)
    assert known() == []
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE jar (stone integer UNIQUE)")
    add(4)
    assert len(known()) == 1
