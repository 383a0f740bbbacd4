"""Statements that PostgreSQL reads and plans once a connection, not once an execution.

Planning is a third of what PostgreSQL does for a step, and psycopg2 has no way of its own to save it:
docs/decisions/0007-prepared-statements.md, https://www.postgresql.org/docs/current/sql-prepare.html
"""

import logging
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection
from psycopg2 import errors

log = logging.getLogger(__name__)

MOST_VALUES = 100  # An order of very many lines is rare, and its statement would be kept for ever.

# The session is not the one that prepared it, or somebody prepared it there before: a pooler shares sessions
# (PgBouncer's transaction mode). Or a migration changed a column's type. Nothing was executed in either case.
UNPREPARED = (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement, errors.FeatureNotSupported)

# What each connection has prepared; None: it can't.
_known: WeakKeyDictionary[Any, set[str] | None] = WeakKeyDictionary()


def execute(cursor: Any, statement: str, values: Sequence[Any]) -> None:
    """As `cursor.execute`, for a statement that is executed often; its only percent signs are the placeholders `%s`.

    In a transaction it is executed as it is: if the session has lost what was prepared, the transaction would fail.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block or len(values) > MOST_VALUES:
        cursor.execute(statement, values)
        return
    session = cursor.connection
    if (known := _known.setdefault(session, set())) is None:
        cursor.execute(statement, values)
        return
    name, prepare, run = _forms(statement)
    try:
        if name not in known:
            cursor.execute(prepare)
            known.add(name)
        cursor.execute(run, values)
    except DatabaseError as error:
        if not isinstance(error.__cause__, UNPREPARED):
            raise
        log.info("this connection's statements are not prepared any more: %s", str(error).strip())
        _known[session] = None
        cursor.execute(statement, values)


@lru_cache
def _forms(statement: str) -> tuple[str, str, str]:
    """The statement's name, and what prepares and what executes it.

    The name is made of the text, so what a session has under it is this very statement, whoever prepared it.
    """
    name = "desk_" + blake2b(statement.encode(), digest_size=8).hexdigest()
    head, *rest = statement.split("%s")
    text = head + "".join(f"${number}{piece}" for number, piece in enumerate(rest, start=1))
    return name, f"PREPARE {name} AS {text}", f"EXECUTE {name} ({', '.join(['%s'] * len(rest))})"
