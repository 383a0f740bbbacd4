"""The database's clock: the only one by which one process judges a time that another has written.

The clocks of two machines differ, by minutes where nobody looks after them. So a time is never made by a worker or a
web process: a statement says "so long from now", and the database fills in its own time when it gets the statement.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Func
from psycopg2.extensions import AsIs, adapt, register_adapter

from orders.database.vendor import on_postgresql

NO_TIME = timedelta(0)
# The clock was set back if a time lies so much further ahead than one is ever written. Not at once: a statement that
# waited for a row finds what was written meanwhile, by a later clock than its own.
MARGIN = timedelta(minutes=1)


class DatabaseTime(Func):
    """A time so long from now (before it, if negative): a value or an expression of the ORM, or a value in plain SQL.

    On PostgreSQL all of one statement have the same now: the moment in which the server got it. SQLite runs inside the
    process, so there the process's clock is the database's.
    """

    output_field = DateTimeField()

    def __init__(self, delay: timedelta = NO_TIME) -> None:
        super().__init__()
        self.delay = delay
        self.in_sql = AsIs(f"(STATEMENT_TIMESTAMP() + {adapt(delay)})")

    def as_postgresql(self, *args: Any, **kwargs: Any) -> tuple[str, list[Any]]:
        return "(STATEMENT_TIMESTAMP() + %s)", [self.delay]

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [connection.ops.adapt_datetimefield_value(self._here())]

    def __conform__(self, protocol: object) -> str:
        """As sqlite3 asks for a value it does not know: https://peps.python.org/pep-0246/."""
        return str(connection.ops.adapt_datetimefield_value(self._here()))

    def _here(self) -> datetime:
        return datetime.now(UTC) + self.delay


register_adapter(DatabaseTime, attrgetter("in_sql"))  # for psycopg2

from_now = lru_cache(DatabaseTime)  # The same few delays for every order.


def beyond(longest: timedelta = NO_TIME) -> DatabaseTime:
    """A stored time later than this was written before the database's clock was set back.

    Since none is written further ahead than `longest`. Without it: of a time that says when something was.
    """
    return from_now(longest + MARGIN)


def now() -> datetime:
    """The database's time, for a page that tells how long ago something was: a round trip."""
    if not on_postgresql():
        return from_now()._here()
    with connection.cursor() as cursor:
        cursor.execute("SELECT STATEMENT_TIMESTAMP()")
        (found,) = cursor.fetchone()
    return found
