"""The desk's numbers and badges, for the admin's templates."""

from decimal import Decimal
from typing import Any

from django import template

from orders.steps.backlog import age
from shop.staff.admin.ages import ago
from shop.staff.admin.destination import condition
from shop.staff.admin.taking_away import takes_away
from shop.staff.empty_lists import nothing_listed
from shop.staff.front_page import overview
from shop.staff.held import all_stopped
from shop.staff.needs.destinations import clock_time

register = template.Library()
register.filter("age", age)
register.filter("ago", ago)
register.filter("at_clock", clock_time)
register.filter("condition", condition)
register.filter("takes_away", takes_away)
register.inclusion_tag("staff/nothing_listed.html", name="nothing_listed")(nothing_listed)

HOLDING = {"order", "step"}  # Lists whose rows may be held.


@register.inclusion_tag("staff/front.html", takes_context=True)
def front_page(context: dict[str, Any]) -> dict[str, Any]:
    """What the front page shows, for the user who looks at it."""
    return overview(context["request"])


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str) -> bool:
    """True if the user has the permission, e.g. "orders.view_step"."""
    return bool(context["request"].user.has_perm(permission))


@register.filter
def head(label: str) -> str:
    """What stands before a colon: "Pause" of "Pause: hold the steps back"."""
    return str(label).partition(": ")[0]


@register.filter
def thousands(number: int | str) -> str:
    """1234567 and "1234567.50" as money is written elsewhere: 1,234,567 and 1,234,567.50."""
    return f"{Decimal(number):,f}"


@register.inclusion_tag("staff/holds.html")
def holds(model: str) -> dict[str, Any]:
    """Why steps are held now, in a sentence for each destination, above the lists that show some. (Of a copy every page
    says so itself.)"""
    return {"holds": list(all_stopped().values()) if model in HOLDING else []}
