"""An index of a large table, made while orders go on."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.operations import AddIndex

from orders.database.vendor import on_postgresql


class AddIndexBesideWork(AddIndexConcurrently):
    """Django's, that can be run again, and that is a plain `AddIndex` where the database is no PostgreSQL.

    One that was given up (a `lock_timeout`, a lost connection) is left behind, and not valid: what has its name goes
    first. https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if on_postgresql():
            super().database_backwards(app_label, schema_editor, to_state, from_state)
        self._way().database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._way().database_backwards(self, app_label, schema_editor, from_state, to_state)

    @staticmethod
    def _way() -> type[AddIndex]:
        return AddIndexConcurrently if on_postgresql() else AddIndex
