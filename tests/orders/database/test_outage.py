import logging
import sqlite3
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction
from psycopg2 import errors

from orders.database import outage
from shop.quickstart.ports import free_port


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_a_read_only_database_is_away_and_its_connection_is_dropped() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(OperationalError) as caught:
            cursor.execute("CREATE TABLE never (id int)")
        transaction.set_rollback(True)
    assert isinstance(caught.value.__cause__, errors.ReadOnlySqlTransaction)
    assert "read-only" in outage.describe(caught.value)
    connection.close_if_unusable_or_obsolete()
    assert connection.connection is None


@pytest.mark.parametrize(
    ("code", "away"),
    [(sqlite3.SQLITE_CORRUPT, True), (sqlite3.SQLITE_NOTADB, True), (sqlite3.SQLITE_MISUSE, False)],
)
def test_a_damaged_file_of_sqlite_is_away(code: int, away: bool) -> None:
    error = sqlite3.DatabaseError("malformed")
    error.sqlite_errorcode = code
    assert outage._is_operational(error) is away


def test_an_outage_of_sqlite_is_told_by_its_codes_name(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite3").write_bytes(b"no database" * 1000)
    with sqlite3.connect(tmp_path / "no.sqlite3") as damaged, pytest.raises(sqlite3.DatabaseError) as caught:
        damaged.execute("SELECT 1 FROM orders_order")
    assert outage.describe(caught.value) == "DatabaseError: SQLITE_NOTADB"


def test_a_connection_that_is_refused_says_why_and_not_the_password() -> None:
    with pytest.raises(psycopg2.OperationalError) as caught:
        psycopg2.connect(f"postgresql://desk:hush-word@127.0.0.1:{free_port()}/desk", connect_timeout=5)
    assert "Connection refused" in outage.describe(caught.value)
    with pytest.raises(psycopg2.OperationalError) as caught:
        psycopg2.connect("postgresql://desk:hush-word@db.example.invalid/desk", connect_timeout=5)
    assert "could not translate host name" in outage.describe(caught.value)
    assert "hush-word" not in outage.describe(caught.value)


def test_an_outage_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[Any] = []
    monkeypatch.setattr(logging.getLogger("orders.database.outage"), "warning", lambda *args: lines.append(args))
    outage._told[:8] = bytes(8)
    for _ in range(100):
        outage.tell(OperationalError("server closed the connection"), "it waits")
    assert len(lines) == 1
    outage._told[:8] = bytes(8)
