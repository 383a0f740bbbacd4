"""Which database the desk stands on. Asked here, and nowhere else."""

from functools import cache

from django.db import connection


@cache
def on_postgresql() -> bool:
    """True on PostgreSQL: there the statements of every order are plain SQL. On SQLite the ORM makes them."""
    return connection.vendor == "postgresql"
