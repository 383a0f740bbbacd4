"""Whether the database is this desk's own, for every page of staff's."""

from typing import Any

from django import template

from orders.database import outage
from orders.steps import why_held
from shop.staff.frame import known

register = template.Library()


@register.simple_tag(takes_context=True)
def held_as_copy(context: dict[str, Any]) -> str:
    """A sentence if all is held because the database is a copy; "" if not, or if the database can't say."""
    if frame := known(context.get("request")):
        return frame.held
    try:
        return why_held()
    except outage.ANY:  # Pages that tell of an outage have this line too.
        return ""
