"""After a test that commits, its rows are taken out again: of the tables with any, and of those that refer to them.

Django empties every table (TRUNCATE makes new files for each, and for each of its indexes), and writes content types
and permissions anew, in a hundred statements: ten times the work of all else that most of these tests do.
"""

from typing import Any

from django.db import connection
from django.test import TransactionTestCase

# Written by `migrate`, and by hardly any test. Where one has written them, all is done as Django does it.
KEPT = ("django_content_type", "auth_permission")
MARKS = " UNION ALL ".join(f"SELECT md5(string_agg({name}::text, ' ' ORDER BY id)) FROM {name}" for name in KEPT)  # noqa: S608
TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema::regnamespace
    AND relname <> ALL (%s)
"""
# A request of a test's browser may still be answered. Who waits for a table while it holds another can be waited for
# in turn, without end; so all are taken at once or none, every 10 ms, for 10 s.
EMPTY = """
    DO $$
    BEGIN
        FOR look IN 1..1000 LOOP
            BEGIN
                LOCK TABLE {tables} NOWAIT;
                EXIT;
            EXCEPTION WHEN lock_not_available THEN PERFORM pg_sleep(0.01);
            END;
        END LOOP;
        TRUNCATE {filled} CASCADE;
    END
    $$
"""

_as_django_does: Any = vars(TransactionTestCase)["_fixture_teardown"]
_marks: list[str] = []


def plug_in() -> None:
    """From now on this is done after each test that commits."""
    setattr(TransactionTestCase, "_fixture_teardown", clean_up)  # noqa: B010 - it is not in Django's stubs


def clean_up(case: TransactionTestCase) -> None:
    global _marks
    if connection.vendor == "postgresql" and marks() == _marks:
        empty()
        return
    _as_django_does(case)
    if connection.vendor == "postgresql":
        _marks = marks()


def marks() -> list[str]:
    """What stands in the tables that are kept, in short."""
    return names(MARKS)


def empty() -> None:
    quote = connection.ops.quote_name
    tables = names(TABLES, [["django_migrations", *KEPT]])
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quote(name)})" for name in tables)  # noqa: S608
    filled = names(" UNION ALL ".join(asked))
    if filled:
        listed = {"tables": ", ".join(map(quote, tables)), "filled": ", ".join(map(quote, filled))}
        with connection.cursor() as cursor:
            cursor.execute(EMPTY.format(**listed))


def names(statement: str, values: Any = None) -> list[str]:
    """The first column."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [name for (name,) in cursor.fetchall()]
