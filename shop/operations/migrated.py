"""Whether the database has all tables and columns that this version of the desk asks for."""

import time
from collections.abc import Iterable
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from orders.database.patience import NoAnswer
from shop.operations import schema

LOOK_AGAIN = 10.0  # seconds after which the database is asked once more: an older dump may have been restored
NEVER = float("-inf")


class _Found:
    at = NEVER  # monotonic seconds: when nothing was missing


@cache
def wanted() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as the files have it: read once a process, without the database."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def trouble() -> str:
    """What is missing, and what to do; mostly without a statement, else with two.

    Migrations and columns that this version does not know are none of its business: while an update is rolled out the
    version before goes on. A database that is too busy to say it in time has what it had at the last look. Raises what
    the database does when it is away.
    """
    if time.monotonic() - _Found.at < LOOK_AGAIN:
        return ""
    try:
        told = _look()
    except DatabaseError as error:
        if _Found.at == NEVER or not isinstance(error.__cause__, NoAnswer):
            raise
        connection.close()  # Whoever gives up an answer can't use it any more; the next statement has a new one.
        told = ""
    if not told:
        _Found.at = time.monotonic()
    return told


def forget() -> None:
    """The database that answers next may be another one."""
    _Found.at = NEVER


def _look() -> str:
    """Tables first: where they are, the table of migrations is there, and need not be asked for."""
    recorder = MigrationRecorder(connection)
    if lacking := schema.missing():
        return _migrations(recorder.applied_migrations()) or _schema(lacking)
    return _migrations(recorder.migration_qs.values_list("app", "name"))


def _migrations(applied: Iterable[tuple[str, str]]) -> str:
    names = sorted(f"{app}.{name}" for app, name in wanted().difference(applied))
    return f"Run `manage.py migrate`: {', '.join(names)} is missing." if names else ""


def _schema(lacking: list[str]) -> str:
    """A restore that broke off has the rows of the migrations, not what they made; so has what somebody dropped."""
    more = f" and {len(lacking) - 4} more" if len(lacking) > 4 else ""
    return (
        f"The database lacks {', '.join(lacking[:4])}{more}, which its migrations made: `manage.py doctor` tells more."
    )
