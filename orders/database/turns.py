"""One at a time: what two may not do side by side, though no row of theirs meets."""

from django.db import connection

from orders.database.vendor import on_postgresql


def take_turn(name: str) -> None:
    """Waits until nobody else has the turn of this name; it is ours until our transaction ends.

    On SQLite every transaction is alone from its first statement on (`transaction_mode` IMMEDIATE). PgBouncer in
    transaction mode knows such locks: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    if on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
