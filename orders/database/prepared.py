"""Statements that PostgreSQL reads and plans once a connection, not once an execution.

Planning is a third of what PostgreSQL does for a step, and psycopg2 has no way of its own to save it:
docs/decisions/0007-prepared-statements.md, https://www.postgresql.org/docs/current/sql-prepare.html
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection
from psycopg2 import errors

log = logging.getLogger(__name__)

MOST_VALUES = 100  # An order of very many lines is rare, and its statement would be kept for ever.

# The session is not the one that prepared it, or somebody prepared it there before: a pooler shares sessions
# (PgBouncer's transaction mode). Or a migration changed the type of a column that it returns, that it writes, or that
# it compares. Nothing was executed in any of these cases.
UNPREPARED = (
    errors.InvalidSqlStatementName,
    errors.DuplicatePreparedStatement,
    errors.FeatureNotSupported,
    errors.DatatypeMismatch,
    errors.UndefinedFunction,
)

# A plan is made for tables as they were then: a small one is best read through, and the same plan still reads it
# through when it has grown. PostgreSQL makes a new one once autovacuum has looked, which takes a minute or more.
PLANS_SERVE = 1000  # executions


@dataclass
class _Session:
    """What a connection has prepared, and how often it executed any of it."""

    prepared: set[str] = field(default_factory=set)
    executions: int = 0
    able: bool = True


_sessions: WeakKeyDictionary[Any, _Session] = WeakKeyDictionary()


def execute(cursor: Any, statement: str, values: Sequence[Any], *, first: str = "") -> None:
    """As `cursor.execute`, for a statement that is executed often; its only percent signs are the placeholders `%s`.

    `first` (on PostgreSQL) is a statement that goes before it in the same round trip and the same transaction; the
    first of the values are its own. What it finds is not told, and the second sees all that was committed meanwhile:
    https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT

    In a transaction both are executed as they are: if the session has lost what was prepared, it would fail.
    """
    plain = f"{first}; {statement}" if first else statement
    if connection.vendor != "postgresql" or connection.in_atomic_block or len(values) > MOST_VALUES:
        cursor.execute(plain, values)
        return
    session = _session(cursor.connection)
    if not session.able:
        cursor.execute(plain, values)
        return
    forms = [_forms(each) for each in (first, statement) if each]
    try:
        for name, prepare, _ in forms:
            if name not in session.prepared:
                cursor.execute(prepare)
                session.prepared.add(name)
        session.executions += 1
        if session.executions % PLANS_SERVE == 0:
            cursor.execute("DISCARD PLANS")
        cursor.execute("; ".join(run for *_, run in forms), values)
    except DatabaseError as error:
        if not isinstance(error.__cause__, UNPREPARED):
            raise
        log.info("this connection's statements are not prepared any more: %s", str(error).strip())
        session.able = False
        cursor.execute(plain, values)


def _session(raw: Any) -> _Session:
    session = _sessions.get(raw)
    if session is None:
        session = _sessions[raw] = _Session()
    return session


@lru_cache
def _forms(statement: str) -> tuple[str, str, str]:
    """The statement's name, and what prepares and what executes it.

    The name is made of the text, so what a session has under it is this very statement, whoever prepared it.
    """
    name = "desk_" + blake2b(statement.encode(), digest_size=8).hexdigest()
    head, *rest = statement.split("%s")
    text = head + "".join(f"${number}{piece}" for number, piece in enumerate(rest, start=1))
    return name, f"PREPARE {name} AS {text}", f"EXECUTE {name} ({', '.join(['%s'] * len(rest))})"
