"""Which errors mean what about the database."""

from django.db import DatabaseError, InterfaceError, OperationalError

# The database is away: it was stopped, it refuses connections, the connection broke. The same statement may work soon.
AWAY = (OperationalError, InterfaceError)

# All that Django raises for a statement, the database's own refusals included.
ANY = (DatabaseError, InterfaceError)
