"""Statements that PostgreSQL parses and plans once a connection, not once an execution.

Planning is a third of what PostgreSQL does for a step, and psycopg2 has no way of its own to save it:
docs/decisions/0007-prepared-statements.md, https://www.postgresql.org/docs/current/sql-prepare.html
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState
from psycopg2 import errors

from orders.database.vendor import on_postgresql

log = logging.getLogger(__name__)

# A pooler shares sessions (PgBouncer's transaction mode): this session did not prepare the statement, or another client
# did. Or a migration changed the type of a column that it returns, writes or compares. PostgreSQL refuses before it
# executes anything.
UNPREPARED = (
    errors.InvalidSqlStatementName,
    errors.DuplicatePreparedStatement,
    errors.FeatureNotSupported,
    errors.DatatypeMismatch,
    errors.UndefinedFunction,
)

# PostgreSQL keeps a plan until autovacuum has analysed the table again. A plan made for a small table is a sequential
# scan, and stays one while the table grows. So a connection drops its plans after so many executions.
PLANS_KEPT_FOR = 1000


@dataclass
class _Session:
    """What a connection has prepared, and how often it executed any of it."""

    prepared: set[str] = field(default_factory=set)
    executions: int = 0
    able: bool = True


_sessions: WeakKeyDictionary[Any, _Session] = WeakKeyDictionary()
Row = TypeVar("Row", bound=models.Model)


def fetch(
    statement: str, values: Sequence[Any], *made_of: type[models.Model], first: str = ""
) -> list[tuple[Any, ...]]:
    """Executes a statement and returns what it found, a tuple a row.

    The leading columns become a row of each model in `made_of` (their `rows.columns`, in that sequence); the columns
    that are left follow as values. Only for PostgreSQL: elsewhere values need the ORM's converters.
    """
    with _cursor() as cursor:
        execute(cursor, statement, values, first=first)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return [_parted(row, made_of) for row in found] if made_of else found


class _Bare(CursorWrapper):
    """Django's cursor without what it has for others: hooks around a statement, other names of parameters."""

    def execute(self, sql: str, params: Any = None) -> None:  # type: ignore[override]
        with self.db.wrap_database_errors:
            self.cursor.execute(sql, params)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All of it is here since `execute`: no error can come."""
        found: list[tuple[Any, ...]] = self.cursor.fetchall()
        return found


def _cursor() -> Any:
    """Django's own takes longer to be made than a small statement.

    It is what connects, checks a connection that may have gone bad since, and shows statements to whoever looks on.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    usable = database.connection and (database.health_check_done or not database.health_check_enabled)
    if not usable or database.in_atomic_block or database.execute_wrappers or database.queries_logged:
        return database.cursor()
    with database.wrap_database_errors:
        return _Bare(database.connection.cursor(), database)


def _parted(row: tuple[Any, ...], made_of: Sequence[type[models.Model]]) -> tuple[Any, ...]:
    parts: list[Any] = []
    start = 0
    for model in made_of:
        end = start + len(_names(model))
        parts.append(made(model, row[start:end]))
        start = end
    return (*parts, *row[start:])


def made(model: type[Row], values: Sequence[Any], **pointed_to: models.Model) -> Row:
    """A row of a model from the values of its columns: what `Model.from_db` makes, for a fifth of its time.

    `pointed_to`: the rows that its foreign keys point to, by the fields' names, so that nobody asks for them. No signal
    is sent, and no descriptor asked: the models of statements that run for every order have none that counts.
    """
    row = model.__new__(model)
    row.__dict__.update(zip(_names(model), values, strict=True))
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    row._state.fields_cache = dict(pointed_to)
    return row


def made_of_json(model: type[Row], values: Sequence[Any], **pointed_to: models.Model) -> Row:
    """As `made`, of values that came as JSON."""
    typed = [field.to_python(value) for field, value in zip(model._meta.concrete_fields, values, strict=True)]
    return made(model, typed, **pointed_to)


@lru_cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def execute(cursor: Any, statement: str, values: Sequence[Any], *, first: str = "", keep: bool = True) -> None:
    """As `cursor.execute`, for a statement that is executed often. Its only percent signs are the placeholders `%s`.

    `first` (on PostgreSQL) goes before the statement in the same round trip and the same transaction, and takes the
    first of the values. What it finds is not returned. The statement sees all that was committed meanwhile:
    https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT

    `keep=False` prepares nothing: for a text that is rare, since a connection keeps what it prepared until it ends.
    Nothing is prepared inside a transaction either: an error there would spoil the whole transaction.
    """
    plain = f"{first}; {statement}" if first else statement
    if not keep or not on_postgresql() or cursor.db.in_atomic_block:
        cursor.execute(plain, values)
        return
    session = _session(cursor.connection)
    if not session.able:
        cursor.execute(plain, values)
        return
    try:
        _execute_prepared(cursor, session, [_forms(each) for each in (first, statement) if each], values)
    except DatabaseError as error:
        if not isinstance(error.__cause__, UNPREPARED):
            raise
        log.info("this connection's statements are not prepared any more: %s", str(error).strip())
        session.able = False
        cursor.execute(plain, values)


def _execute_prepared(
    cursor: Any, session: _Session, forms: Sequence[tuple[str, str, str]], values: Sequence[Any]
) -> None:
    for name, prepare, _ in forms:
        if name not in session.prepared:
            cursor.execute(prepare)
            session.prepared.add(name)
    session.executions += 1
    if session.executions % PLANS_KEPT_FOR == 0:
        cursor.execute("DISCARD PLANS")
    cursor.execute("; ".join(run for *_, run in forms), values)


def _session(raw: Any) -> _Session:
    session = _sessions.get(raw)
    if session is None:
        session = _sessions[raw] = _Session()
    return session


@lru_cache
def _forms(statement: str) -> tuple[str, str, str]:
    """The statement's name, and the SQL that prepares it and that executes it.

    The name is a hash of the text. So whatever a session has under this name is this statement, whoever prepared it.
    """
    name = "desk_" + blake2b(statement.encode(), digest_size=8).hexdigest()
    head, *rest = statement.split("%s")
    text = head + "".join(f"${number}{piece}" for number, piece in enumerate(rest, start=1))
    return name, f"PREPARE {name} AS {text}", f"EXECUTE {name} ({', '.join(['%s'] * len(rest))})"
