"""A copy of another desk's database: the doctor asks nobody, and tries no folder, that may be that desk's."""

from orders.database import outage
from orders.steps import why_held


def is_copy() -> bool:
    """A database that is away forbids nothing: to ask creates nothing."""
    try:
        return bool(why_held())
    except outage.ANY:
        return False
