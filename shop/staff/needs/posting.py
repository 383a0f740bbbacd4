"""The forms behind buttons: each starts an action of a list of the admin, and comes back to the front page."""

from typing import Any

from django.db.models import Model
from django.urls import reverse

from shop.staff.listed import listed
from shop.staff.needs.need import Action


def on_row(label: str, action: str, row: Model, permission: str = "", **more: str) -> Action:
    """Does it to one row; `more` are further fields of the form."""
    url = listed(str(row._meta.model_name), row._meta.app_label)
    return Action(label, url, (*fields(action, row.pk), *more.items()), permission)


def on_all(label: str, action: str, url: str, permission: str = "") -> Action:
    """Does it to all rows of the list at `url`."""
    return Action(label, url, (*fields(action, 0), ("select_across", "1")), permission)


def fields(action: str, row: Any) -> tuple[tuple[str, str], ...]:
    return (("action", action), ("_selected_action", str(row)), ("back", reverse("admin:index")))
