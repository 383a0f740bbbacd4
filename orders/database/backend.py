"""What the desk's connections do otherwise than Django's."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import cached_property

from orders.database.outage import Translated


class Connection(BaseDatabaseWrapper):
    """Mixed into Django's wrappers for PostgreSQL and SQLite; see `ENGINE` in shop/databases.py."""

    @cached_property
    def wrap_database_errors(self) -> Translated:
        return Translated(self)

    def close_if_unusable_or_obsolete(self) -> None:
        """A connection with an error behind it is closed unasked.

        To ask whether it still works would be one more statement for a server that may not answer; and one that leads
        to a read-only server works, but not for us.
        """
        if self.errors_occurred and not self.in_atomic_block:
            self.close()
        super().close_if_unusable_or_obsolete()
