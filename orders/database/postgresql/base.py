"""Django looks for `DatabaseWrapper` in the file `base` of an ENGINE."""

from django.db.backends.postgresql import base

from orders.database.backend import Connection


class DatabaseWrapper(Connection, base.DatabaseWrapper):
    """See `Connection`."""
