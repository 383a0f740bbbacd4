"""Rows of any model in plain SQL, for the few statements that run for every order.

The ORM composes its SQL anew for every query, which takes more processor time than the query itself
(docs/decisions/0006-statements-of-sql.md). Tables and columns are named by the models here; values are always
parameters, prepared by the models' fields as the ORM would.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import connection, models

from orders.database import prepared
from orders.database.clock import from_now


@lru_cache
def fields(model: type[models.Model], leave_out: type[models.Model] | None = None) -> list[Any]:
    """The model's fields that have a column, without the primary key and without those that point to `leave_out`."""
    own = (field for field in model._meta.concrete_fields if not field.primary_key)
    return [field for field in own if leave_out is None or field.related_model is not leave_out]


@lru_cache
def into(model: type[models.Model]) -> str:
    """What an INSERT goes into: the table and the columns of `values`."""
    quote = connection.ops.quote_name
    return f"{quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields(model))})"


def values(row: models.Model, leave_out: type[models.Model] | None = None) -> list[Any]:
    """What the columns of `into` hold for a row that is not saved yet; see `fields`."""
    return [_new_value(row, field) for field in fields(type(row), leave_out)]


def _new_value(row: models.Model, field: Any) -> Any:
    """What the ORM would save, but when a row was made is told by the database's clock (`auto_now_add`)."""
    value = from_now() if getattr(field, "auto_now_add", False) else field.pre_save(row, add=True)
    return field.get_db_prep_save(value, connection)


@lru_cache
def columns(model: type[models.Model], alias: str) -> str:
    """What a SELECT or RETURNING names so that `prepared.fetch` can make a row of it."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def insert_new(row: models.Model) -> bool:
    """Saves a new row unless a unique constraint is in the way; True, and the row has its key, if it was saved."""
    with connection.cursor() as cursor:
        prepared.execute(cursor, _insert_new(type(row)), values(row))
        found = cursor.fetchone()
    if found is None:
        return False
    (row.pk,) = found
    row._state.adding, row._state.db = False, connection.alias
    return True


@lru_cache
def _insert_new(model: type[models.Model]) -> str:
    places = ", ".join(["%s"] * len(fields(model)))
    return f"INSERT INTO {into(model)} VALUES ({places}) ON CONFLICT DO NOTHING RETURNING {model._meta.pk.column}"  # noqa: S608


def change(row: models.Model, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Changes a row, in the database and in memory, if it is still as `before` says; False if it is not.

    A time of the database's clock is in memory only once the row is read again.
    """
    model = type(row)
    given = [_value(model, name, value) for side in (after, before) for name, value in side.items()]
    with connection.cursor() as cursor:
        prepared.execute(cursor, _change(model, tuple(before), tuple(after)), [*given, row.pk])
        changed = bool(cursor.rowcount)
    if changed:
        for name, value in after.items():
            setattr(row, name, value)
    return changed


@lru_cache
def _change(model: type[models.Model], before: tuple[str, ...], after: tuple[str, ...]) -> str:
    conditions = " AND ".join(f"{column(model, name)} = %s" for name in (*before, model._meta.pk.name))
    changed = ", ".join(f"{column(model, name)} = %s" for name in after)
    return f"UPDATE {model._meta.db_table} SET {changed} WHERE {conditions}"  # noqa: S608


def _value(model: type[models.Model], name: str, value: Any) -> Any:
    """A field's value as the database takes it; a row that is pointed to goes by its key."""
    if isinstance(value, models.Model):
        value = value.pk
    return _field(model, name).get_db_prep_save(value, connection)


def column(model: type[models.Model], name: str) -> str:
    return str(_field(model, name).column)


@lru_cache
def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)
