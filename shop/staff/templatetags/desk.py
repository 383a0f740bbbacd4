"""The desk's numbers and badges, for the admin's templates."""

from typing import Any

from django import template

from orders.steps.backlog import age
from shop.staff.admin.destination import condition
from shop.staff.front_page import overview
from shop.staff.needs.destinations import clock_time

register = template.Library()
register.filter("age", age)
register.filter("at_clock", clock_time)
register.filter("condition", condition)


@register.inclusion_tag("staff/front.html", takes_context=True)
def front_page(context: dict[str, Any]) -> dict[str, Any]:
    """What the front page shows, for the user who looks at it."""
    return overview(context["request"])


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str) -> bool:
    """True if the user has the permission, e.g. "orders.view_step"."""
    return bool(context["request"].user.has_perm(permission))
