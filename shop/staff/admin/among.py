"""Among which orders of the list a part of a name is looked for: the newest, which are asked for most; or all."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest

from orders.models import Order
from orders.numbers import read_number
from shop.staff.admin import selection
from shop.staff.find.reach import ALL, NEWEST, UNASKED, newest, others_than, reach


class AmongFilter(admin.SimpleListFilter):
    """Chips that are there only where it matters: with a search for a part, and more than NEWEST orders."""

    title = "searched"
    parameter_name = "among"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.request = request
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(ALL, "all orders")]

    def has_output(self) -> bool:
        typed = self.request.GET.get(SEARCH_VAR, "").strip()
        return bool(typed) and not read_number(typed) and others_than(NEWEST, newest())

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": f"the newest {NEWEST:,} first"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """As it is: what was searched for narrows it."""
        return queryset


def ids(request: HttpRequest, found: QuerySet[Order]) -> list[int]:
    """Of the orders that were found, the newest first, selection.MOST_ROWS at most."""
    everywhere = request.GET.get(AmongFilter.parameter_name) == ALL
    return reach(found, selection.MOST_ROWS, everywhere=everywhere).ids


def further(cl: Any) -> dict[str, Any]:
    """For an empty list, if orders are left that were not read: how many were, and the address that reads all."""
    asked = cl.params.get(AmongFilter.parameter_name) == ALL
    offered = any(isinstance(spec, AmongFilter) for spec in cl.filter_specs)
    if asked or not offered or not others_than(UNASKED, newest()):
        return {}
    return {"among": UNASKED, "everywhere": cl.get_query_string({AmongFilter.parameter_name: ALL})}
