"""An index of a large table is made while others write to it, and can be made again after it was given up."""

import threading
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from orders.database.indexes import AddIndexBesideWork
from orders.models import Event

INDEX = models.Index(fields=["step", "id"], condition=models.Q(step="sap"), name="event_tried")
OPERATION = AddIndexBesideWork(model_name="event", index=INDEX)
TABLE = Event._meta.db_table


def states() -> tuple[ProjectState, ProjectState]:
    before = MigrationLoader(connection).project_state()
    after = before.clone()
    OPERATION.state_forwards("orders", after)
    return before, after


def forwards() -> None:
    before, after = states()
    with connection.schema_editor(atomic=False) as editor:
        OPERATION.database_forwards("orders", editor, before, after)


def forwards_beside() -> None:
    """In a thread, which has a connection of its own."""
    try:
        forwards()
    finally:
        connection.close()


def backwards() -> None:
    before, after = states()
    with connection.schema_editor(atomic=False) as editor:
        OPERATION.database_backwards("orders", editor, after, before)


def indexes() -> dict[str, bool]:
    """The table's indexes, and whether each is valid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON indexrelid = pg_class.oid"
            " WHERE indrelid = %s::regclass",
            [TABLE],
        )
        return dict(cursor.fetchall())


class Writer:
    """Somebody who has written to the table in a transaction that is still open."""

    def __init__(self) -> None:
        self.wrote, self.end = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        assert self.wrote.wait(30)

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"BEGIN; LOCK TABLE {TABLE} IN ROW EXCLUSIVE MODE")
            self.wrote.set()
            self.end.wait(60)
            cursor.execute("ROLLBACK")
        connection.close()

    def ends(self) -> None:
        self.end.set()
        self.thread.join(60)


@pytest.fixture
def writer(on_postgresql: None, transactional_db: None) -> Iterator[Writer]:
    one = Writer()
    yield one
    one.ends()
    backwards()
    assert INDEX.name not in indexes()


@pytest.fixture
def given_up(writer: Writer) -> Writer:
    """The index was to be made, and somebody's `lock_timeout` ended that."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
        try:
            with pytest.raises(DatabaseError, match="lock timeout"):
                forwards()
        finally:
            cursor.execute("RESET lock_timeout")
    return writer


@pytest.mark.timeout(120)
def test_one_that_was_given_up_is_made_anew(given_up: Writer) -> None:
    assert indexes()[INDEX.name] is False
    given_up.ends()
    forwards()
    assert indexes()[INDEX.name] is True


@pytest.mark.timeout(120)
def test_others_write_while_it_is_made(writer: Writer) -> None:
    """It waits for the one who wrote before; who comes meanwhile waits for nobody."""
    making = threading.Thread(target=forwards_beside, daemon=True)
    making.start()
    with connection.cursor() as cursor:
        while INDEX.name not in indexes():
            assert making.is_alive()
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute(f"BEGIN; LOCK TABLE {TABLE} IN ROW EXCLUSIVE MODE; ROLLBACK")
        cursor.execute("RESET lock_timeout")
    assert making.is_alive()
    writer.ends()
    making.join(60)
    assert indexes()[INDEX.name] is True
