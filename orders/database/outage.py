"""Which errors mean what about the database: decided here for PostgreSQL and SQLite, and nowhere else."""

import logging
import mmap
import sqlite3
import struct
import time
from types import TracebackType
from typing import Any

from django.db import DatabaseError, DataError, InterfaceError, OperationalError, ProgrammingError
from django.db.utils import DatabaseErrorWrapper

log = logging.getLogger(__name__)

# The database is away: it was stopped, does not answer, refuses connections, is full, is read-only, cancelled the
# statement, or gave a lock to somebody else. The same statement may work soon, on this connection or on another one.
AWAY = (OperationalError, InterfaceError)

# All that Django raises for a statement, the database's own refusals included.
ANY = (DatabaseError, InterfaceError)

# What PostgreSQL's drivers don't count among the operational errors although an operator mends it, not a programmer:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
OPERATIONAL_TOO = {
    "25006",  # read-only: a standby after a failover
    "42501",  # insufficient privilege: restored as another user
    "42P01",  # undefined table: a restore is under way, or a migration is missing
    "XX001",  # data corrupted
    "XX002",  # index corrupted
}
# The same of SQLite: the disk image is malformed, the file is no database. https://www.sqlite.org/rescode.html
OPERATIONAL_TOO_IN_SQLITE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

LONGEST = 300  # characters of what is said about a connection
QUIET = 60  # seconds between two lines about it in the log


def _is_operational(error: BaseException | None) -> bool:
    in_sqlite = getattr(error, "sqlite_errorcode", 0) & 0xFF  # The lower byte is the primary code.
    return getattr(error, "pgcode", None) in OPERATIONAL_TOO or in_sqlite in OPERATIONAL_TOO_IN_SQLITE


def is_of_the_values(error: BaseException) -> bool:
    """The values that were asked with can't be: a regular expression that is none, a zero byte, a year 99999.

    In SQLite a function of Python's own that fails is a general error: https://www.sqlite.org/rescode.html#error
    """
    in_sqlite = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return isinstance(error, DataError | ProgrammingError | ValueError | OverflowError) or in_sqlite


class Translated(DatabaseErrorWrapper):
    """Django's translation of a driver's errors, except that all that means AWAY is among AWAY."""

    wrapper: Any  # the connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and _is_operational(error):
            # Once its transaction is over the connection is dropped: another one may lead to the new primary.
            self.wrapper.close_at = 0.0
            raise OperationalError(*error.args).with_traceback(traceback) from error
        super().__exit__(kind, error, traceback)


# When the log was last told; shared by a worker's processes, which are forked later.
_told = mmap.mmap(-1, 8)


def tell(error: BaseException, consequence: str) -> None:
    """One line about an outage, not one for everything that fails meanwhile: at most one a minute."""
    (last,) = struct.unpack("d", _told[:8])
    now = time.monotonic()
    if last and now - last < QUIET:
        return
    _told[:8] = struct.pack("d", now)
    log.warning("the database is away (%s); %s", describe(error), consequence)


def describe(error: BaseException) -> str:
    """The error's kind and what the database said, without its statement: that has customers' names in it.

    Of SQLite only the code's name: what it says may quote a row. https://www.sqlite.org/rescode.html
    """
    cause: Any = error.__cause__ or error
    said = getattr(getattr(cause, "diag", None), "message_primary", None) or getattr(cause, "sqlite_errorname", None)
    if not said and getattr(cause, "pgcode", "") is None:  # Of the connection: there was no statement yet.
        said = " ".join(str(cause).partition("\n")[0].split())[:LONGEST]
    return f"{type(cause).__name__}: {said}" if said else type(cause).__name__
