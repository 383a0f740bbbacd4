"""Whether the database has all tables and columns that this version of the desk asks for."""

import time
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from shop.operations import schema

LOOK_AGAIN = 10.0  # seconds after which the database is asked once more: an older dump may have been restored


class _Found:
    at = float("-inf")  # monotonic seconds: when nothing was missing


@cache
def wanted() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as the files have it: read once a process, without the database."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def trouble() -> str:
    """What is missing, and what to do; mostly without a statement, else with three.

    Migrations and columns that this version does not know are none of its business: while an update is rolled out the
    version before goes on. Raises what the database does when it is away.
    """
    if time.monotonic() - _Found.at < LOOK_AGAIN:
        return ""
    told = _migrations() or _schema()
    if not told:
        _Found.at = time.monotonic()
    return told


def forget() -> None:
    """The database that answers next may be another one."""
    _Found.at = float("-inf")


def _migrations() -> str:
    lacking = wanted() - MigrationRecorder(connection).applied_migrations().keys()
    names = sorted(f"{app}.{name}" for app, name in lacking)
    return f"Run `manage.py migrate`: {', '.join(names)} is missing." if names else ""


def _schema() -> str:
    """A restore that broke off has the rows of the migrations, not what they made; so has what somebody dropped."""
    if not (lacking := schema.missing()):
        return ""
    more = f" and {len(lacking) - 4} more" if len(lacking) > 4 else ""
    return (
        f"The database lacks {', '.join(lacking[:4])}{more}, which its migrations made: `manage.py doctor` tells more."
    )
