"""A database of another encoding than UTF-8 can't hold everybody's name, or counts its letters as bytes.

PostgreSQL makes one where a cluster has no locale (SQL_ASCII), or an old one, and nobody said `--encoding UTF8`.
"""

from django.db import connection

from orders.database.vendor import on_postgresql

UTF8 = "UTF8"  # as PostgreSQL calls it
WHAT_TO_DO = "Make one with `createdb --encoding UTF8 --template template0`: docs/deploy.md has the whole line."


def trouble() -> str:
    """A sentence; "" if all is well. One statement."""
    if not on_postgresql():
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding')")
        (found,) = cursor.fetchone()
    return "" if found == UTF8 else f"The database's encoding is {found}, not UTF-8: many a name can't be saved in it."
