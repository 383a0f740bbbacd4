"""Whether the database has all tables and columns that this version of the desk asks for."""

import time
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader

LOOK_AGAIN = 60.0  # seconds after which the database is asked once more: an older dump may have been restored


class _Found:
    at = float("-inf")  # monotonic seconds: when nothing was missing


@cache
def wanted() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as the files have it: read once a process, without the database."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def missing() -> list[str]:
    """The names of the last migrations that are not applied; mostly without a statement, else with one.

    Migrations that this version does not know are none of its business: while an update is rolled out the version
    before goes on. Raises what the database does when it is away.
    """
    if time.monotonic() - _Found.at < LOOK_AGAIN:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = {(str(app), str(name)) for app, name in cursor.fetchall()}
    lacking = sorted(f"{app}.{name}" for app, name in wanted() - applied)
    if not lacking:
        _Found.at = time.monotonic()
    return lacking


def forget() -> None:
    _Found.at = float("-inf")
