"""People: who has an account, and in which roles. Operations look at them; superusers change them."""

from typing import Any

from django.http import HttpRequest

from shop.staff.admin.selection import SettledSelection


class People(SettledSelection):
    """What the site puts before Django's own admin of users."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a password only those are told who may set another: beside it stands the button."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return [
            (title, {**options, "fields": [field for field in options["fields"] if field != "password"]})
            for title, options in found
        ]
