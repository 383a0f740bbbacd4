"""Which tables and columns the models ask for, and which of them the database has: one statement on its catalogue."""

from functools import cache

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from orders.database.vendor import on_postgresql

Columns = frozenset[tuple[str, str]]  # table, column

ON_POSTGRESQL = """
    SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relkind IN ('r', 'p', 'v', 'f') AND relname = ANY(%s) AND pg_table_is_visible(pg_class.oid)
    AND attnum > 0 AND NOT attisdropped
"""
ON_SQLITE = """
    SELECT one.name, of_it.name FROM sqlite_master AS one JOIN pragma_table_info(one.name) AS of_it
    WHERE one.type IN ('table', 'view')
"""


@cache
def wanted() -> Columns:
    """What this version reads and writes: from the models, once a process."""
    known: list[type[Model]] = [*models(), MigrationRecorder.Migration]
    return frozenset(
        (model._meta.db_table, field.column or "") for model in known for field in model._meta.local_concrete_fields
    )


def models() -> list[type[Model]]:
    """Those whose tables the migrations make."""
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def missing() -> list[str]:
    """The names of tables that are not there; where all are, of columns. Columns that only others know don't matter."""
    lacking = wanted() - _found()
    whole = {table for table, _ in wanted()} - {table for table, _ in wanted() - lacking}
    return sorted(whole) or sorted(f"{table}.{column}" for table, column in lacking)


def _found() -> Columns:
    with connection.cursor() as cursor:
        if on_postgresql():
            cursor.execute(ON_POSTGRESQL, [sorted({table for table, _ in wanted()})])
        else:
            cursor.execute(ON_SQLITE)
        return frozenset((str(table), str(column)) for table, column in cursor.fetchall())
