"""Rows that staff look at and act on, but neither write nor delete by hand."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from orders.numbers import read_number
from shop.staff.admin import selection
from shop.staff.admin.buttons import Button, Link, led
from shop.staff.admin.remembered import RememberedAdmin
from shop.staff.admin.selection import BoundedPaginator, SettledSelection

CHECKBOX = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'


class HistoryAdmin(RememberedAdmin, SettledSelection):
    """Read-only; the newest selection.MOST_ROWS are listed, older ones are found by search and filter."""

    list_per_page = 50
    ordering = ("-pk",)  # The newest first: of more than MOST_ROWS, only those are listed.
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    leads: tuple[str, ...] = ()  # On a row's page: the actions that it may wait for, the most urgent first.
    dangers: tuple[str, ...] = ()
    number_field = ""  # Where an order number that was searched for is looked up.

    def action_checkbox(self, obj: Any) -> SafeString:
        """As Django's, whose widget renders a template for each row: a fifth of the whole list's time."""
        label = _("Select this object for an action - {}").format(obj)
        return format_html(CHECKBOX, ACTION_CHECKBOX_NAME, obj.pk, label)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        number = read_number(search_term) if self.number_field else None
        if number:
            return queryset.filter(**{self.number_field: number}), False
        return super().get_search_results(request, queryset, search_term.strip())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = str(self.opts.verbose_name_plural).capitalize()
        response = super().changelist_view(request, {"title": title} | (extra_context or {}))
        page = getattr(response, "context_data", None) or {}
        if "cl" in page and page["cl"].result_count == selection.MOST_ROWS:
            page["subtitle"] = f"The newest {selection.MOST_ROWS:,}. Search or filter to find older ones."
        return response

    def fitting(self, row: Any) -> dict[str, bool]:
        """Which actions make sense for this row now, by name; they become buttons on its page."""
        return {}

    def first_buttons(self, request: HttpRequest, row: Any) -> list[Button]:
        """What the row waits for, though it is done to another row."""
        return []

    def links(self, request: HttpRequest, row: Any) -> list[Link]:
        """The ways to pages that belong to the row."""
        return []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = kwargs["obj"]
        allowed = {name: action[2] for name, action in self.get_actions(request).items() if action}
        fitting = [name for name, fits in self.fitting(row).items() if fits and name in allowed]
        own = [Button(name, allowed[name], row, look="danger" * (name in self.dangers)) for name in fitting]
        links = self.links(request, row)
        context["buttons"] = led([*self.first_buttons(request, row), *own], self.leads, links)
        context |= {"title": capfirst(f"{self.opts.verbose_name} {row}"), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
