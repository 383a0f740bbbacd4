"""Django looks for `DatabaseWrapper` in the file `base` of an ENGINE."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

from orders.database.backend import Connection


class DatabaseWrapper(Connection, base.DatabaseWrapper):
    """See `Connection`. A search finds "Möller" by "MÖLLER", and the file is its owner's alone to read."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.is_in_memory_db():
            _make_private(str(conn_params["database"]))
        connection = super().get_new_connection(conn_params)
        # SQLite's own LIKE knows upper and lower case of ASCII alone: https://www.sqlite.org/lang_expr.html#like
        for count in (2, 3):
            connection.create_function("like", count, like, deterministic=True)
        return connection


def _make_private(path: str) -> None:
    """An empty file is an empty database; -wal and -shm get its mode."""
    if not path.startswith("file:"):
        with suppress(OSError):  # It is there already, or SQLite says what is wrong.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def like(pattern: Any, text: Any, escape: str = "") -> bool | None:
    """`text LIKE pattern ESCAPE escape`, in every script without regard to case."""
    if pattern is None or text is None:
        return None
    return _compiled(str(pattern), escape).fullmatch(str(text).casefold()) is not None


@lru_cache(maxsize=128)
def _compiled(pattern: str, escape: str) -> re.Pattern[str]:
    return re.compile("".join(_pieces(pattern, escape)), re.DOTALL)


def _pieces(pattern: str, escape: str) -> Iterator[str]:
    characters = iter(pattern)
    for character in characters:
        if escape and character == escape:
            yield re.escape(next(characters, "").casefold())
        elif character == "%":
            yield ".*"
        elif character == "_":
            yield "."
        else:
            yield re.escape(character.casefold())
