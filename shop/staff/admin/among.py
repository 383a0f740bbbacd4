"""Among which orders a part of a name is looked for: the newest, which are asked for most; or all of them.

No index helps with a part of a name but one of trigrams; each new order would wait for that, four columns of it.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest

from orders.models import Order
from orders.numbers import read_number
from shop.staff.admin import selection
from shop.staff.find.search import NEWEST

ALL = "all"


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
        return bool(typed) and not read_number(typed) and newest() > NEWEST

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": f"the newest {NEWEST:,} first"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """As it is: what was searched for narrows it."""
        return queryset


def ids(request: HttpRequest, found: QuerySet[Order]) -> list[int]:
    """Of the orders that were found, the newest first, selection.MOST_ROWS at most."""
    before = newest() - NEWEST
    if request.GET.get(AmongFilter.parameter_name) == ALL or before <= 0:
        return _read(found)
    return _read(found.filter(pk__gt=before)) or _read(found.filter(pk__lte=before))


def newest() -> int:
    """The newest order's id; 0 if there is none."""
    return Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _read(orders: QuerySet[Order]) -> list[int]:
    return list(orders.order_by("-pk").values_list("pk", flat=True)[: selection.MOST_ROWS])
