"""An index of a large table, made while orders go on."""

from typing import Any

from django.db.migrations.operations import AddIndex

from orders.database.vendor import on_postgresql


class AddIndexBesideWork(AddIndex):
    """`AddIndex` that nobody waits for: for a table of many rows, in a migration with `atomic = False`.

    PostgreSQL makes it CONCURRENTLY. One that was given up there (a `lock_timeout`, a lost connection) is left behind,
    and not valid; so what has its name goes first, and the migration may be run again.
    https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not on_postgresql():
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.remove_index(model, self.index, concurrently=True)
        schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not on_postgresql():
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        schema_editor.remove_index(model, self.index, concurrently=True)
