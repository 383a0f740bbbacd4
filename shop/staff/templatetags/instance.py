"""Whether the database is this desk's own, for every page of staff's."""

from django import template

from orders.database import outage
from orders.steps import why_held

register = template.Library()


@register.simple_tag
def held_as_copy() -> str:
    """A sentence if all is held because the database is a copy; "" if not, or if the database can't say."""
    try:
        return why_held()
    except outage.ANY:  # Pages that tell of an outage have this line too.
        return ""
