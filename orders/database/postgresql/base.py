"""Django looks for `DatabaseWrapper` in the file `base` of an ENGINE."""

from typing import Any

from django.db.backends.postgresql import base

from orders.database.backend import Connection
from orders.database.names import Called
from orders.database.postgresql import hosts


class DatabaseWrapper(Connection, base.DatabaseWrapper):
    """See `Connection`."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Django's, of the first host that takes it; with our name, unless SHOP_DATABASE_URL has one."""
        return hosts.connect({"fallback_application_name": Called.name, **conn_params}, super().get_new_connection)

    def init_connection_state(self) -> None:
        """No statement of the desk's is compiled before it runs.

        PostgreSQL guesses its own cost by rows that a limit or an index leaves out: then compiling took 200 ms, and
        running 5. It can't stand in the options of the connection, which PgBouncer refuses:
        https://www.postgresql.org/docs/current/jit-decision.html
        """
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute("SET jit = off")
