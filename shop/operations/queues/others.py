"""Workers of another desk on our virtual host: they answer as ours do, and don't renew a row in our database."""

from collections.abc import Iterable

from orders.database import outage
from orders.models import Worker


def of(answered: Iterable[str], database: str) -> list[str]:
    """The names of those who answered and have not told our database of themselves of late.

    None if the database does not answer: then nobody knows. A worker tells of itself some seconds after its start, so
    ask again before you say so. Old rows don't count: a copy of a database has the rows of the other desk's workers.
    """
    if database != "ok":
        return []
    try:
        return sorted(set(answered) - set(Worker.alive().values_list("name", flat=True)))
    except outage.ANY:
        return []


def told(names: list[str]) -> str:
    """A sentence, with what to do."""
    who = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return (
        f"This database has not heard of {who} of late, and they work on this virtual host. Either they can't reach "
        "the database (their logs say so), or they are another desk's, which takes orders and steps of ours, and we "
        "its: give each desk a virtual host of its own (docs/backup.md, Copies)."
    )
