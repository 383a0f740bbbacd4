"""Whether all of the schema is there: a restore that broke off has the rows of the migrations, not what they made."""

from django.db import connection
from django.db.models import Model

from orders.database.vendor import on_postgresql
from shop.operations import schema

# Constraints, and indexes: one that was made beside the desk's work and failed is there, but not valid.
NAMES = """
    SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid
    WHERE indisvalid AND pg_table_is_visible(indexrelid)
    UNION SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
"""
KEYED = (
    "SELECT relname FROM pg_class JOIN pg_constraint ON conrelid = pg_class.oid WHERE contype = 'p' AND relkind = 'r'"
)


def missing() -> list[str]:
    """The names of tables or columns, and on PostgreSQL of keys, constraints and indexes, that only the models have."""
    tables = {model._meta.db_table: model for model in schema.models()}
    return schema.missing() or (_within(tables) if on_postgresql() else [])


def _within(tables: dict[str, type[Model]]) -> list[str]:
    named = {part.name for model in tables.values() for part in (*model._meta.constraints, *model._meta.indexes)}
    without_key = sorted(tables.keys() - _found(KEYED))
    return [f"the primary key of {table}" for table in without_key] + sorted(named - _found(NAMES))


def _found(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}
