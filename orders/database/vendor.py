"""Which database the desk stands on. Asked here, and nowhere else."""

import os
from functools import cache
from typing import Any

from django.db import connection


@cache
def on_postgresql() -> bool:
    """True on PostgreSQL: there the statements of every order are plain SQL. On SQLite the ORM makes them."""
    return connection.vendor == "postgresql"


def can_write(cursor: Any) -> bool:
    """False for a standby, a database that was set to read-only, a SQLite file we may not write to. One statement."""
    if on_postgresql():
        cursor.execute("SELECT current_setting('transaction_read_only') = 'off' AND NOT pg_is_in_recovery()")
        return bool(cursor.fetchone()[0])
    cursor.execute("SELECT count(*) FROM sqlite_master")
    return os.access(connection.settings_dict["NAME"], os.W_OK)
