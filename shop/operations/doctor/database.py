"""The database: its version, its clock against ours, how many connections it takes, its tables, whose it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from orders.database import clock, encoding, outage
from orders.database.vendor import can_write, on_postgresql
from orders.messaging.periodic import MOST_CLOCK_ERROR
from orders.steps import instance
from shop.operations.doctor import connections, tables
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings

NAME = "database"
OLDEST, TRIED = 13, (15,)  # PostgreSQL's versions: the oldest that Django takes, and those that the tests ran on


def check(until: float) -> Findings:
    yield version()
    for part in (_writes, _encoding, _clock, connections.check, _migrations, _instance):
        yield from _whole(part)


def away(error: BaseException) -> Finding:
    """The database does not answer, or not as it should."""
    where = "SHOP_DATABASE_URL" if settings.DATABASE_URL else "SHOP_VAR_DIR"
    what_to_do = f"Is it running, and is {where} right?"
    return Finding(NAME, BROKEN, f"The database does not answer as it should ({outage.describe(error)}).", what_to_do)


def _whole(part: Callable[[], Findings]) -> Findings:
    """What one part finds. A table that is missing must not hide that migrations are."""
    try:
        yield from part()
    except outage.ANY as error:
        yield away(error)


def version() -> Finding:
    if not on_postgresql():
        return Finding(NAME, OK, "SQLite, in a file of the desk's own: for one machine.")
    found = int(_show("server_version_num")) // 10_000
    said = f"PostgreSQL {_show('server_version')}."
    if found < OLDEST:
        return Finding(NAME, BROKEN, said, f"Django needs {OLDEST} or newer.")
    if found not in TRIED:
        return Finding(NAME, OK, f"{said} The desk was tried with {', '.join(map(str, TRIED))}.")
    return Finding(NAME, OK, said)


def _writes() -> Findings:
    with connection.cursor() as cursor:
        if can_write(cursor):
            return
    yield Finding(NAME, BROKEN, "It is read-only.", "Is it a standby? SHOP_DATABASE_URL has to lead to the primary.")


def _encoding() -> Findings:
    if trouble := encoding.trouble():
        what_to_do = f"{encoding.WHAT_TO_DO} Put a dump of this one into it (docs/backup.md)."
        yield Finding(NAME, BROKEN, trouble, what_to_do)


def _clock() -> Findings:
    before, theirs, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    error = (before + (after - before) / 2 - theirs).total_seconds()
    said = f"This machine's clock is {error:+.1f} s off the database's."
    if abs(error) > MOST_CLOCK_ERROR:
        yield Finding(NAME, WARNING, said, "Is the time service running on both?")
    else:
        yield Finding(NAME, OK, said)


def _migrations() -> Findings:
    loader = MigrationLoader(connection)
    applied = loader.applied_migrations
    missing = [".".join(each) for each in sorted(loader.graph.nodes.keys() - applied.keys())]
    newer = [
        ".".join(each) for each in applied if each not in loader.disk_migrations and each[0] in loader.migrated_apps
    ]
    if missing:
        yield Finding(NAME, BROKEN, f"Migrations are missing: {_some(missing)}.", "Run `manage.py migrate`.")
    elif newer:
        said = f"It has migrations of another version of the desk: {_some(newer)}."
        yield Finding(NAME, WARNING, said, "Is this the version that the desk runs?")
    else:
        yield Finding(NAME, OK, "All migrations are applied.")
    if lacking := [] if missing else tables.missing():
        said = f"Its migrations say that all is there, and it lacks {_some(lacking)}."
        yield Finding(
            NAME, BROKEN, said, "Did a restore break off, or an index fail? Restore it whole (docs/backup.md)."
        )


def _instance() -> Findings:
    if held := instance.why_held():
        yield Finding(NAME, BROKEN, held, "docs/backup.md tells when to.")
    elif settings.INSTANCE:
        yield Finding(NAME, OK, f"It is marked as {settings.INSTANCE}, as SHOP_INSTANCE says.")
    elif not settings.DATABASE_EMBEDDED:
        said = "It has no mark: a copy of it on another machine would send and print."
        yield Finding(NAME, WARNING, said, "Set SHOP_INSTANCE and run `manage.py adopt` (docs/backup.md).")


def _show(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        found: Any = cursor.fetchone()[0]
    return str(found)


def _some(names: list[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
