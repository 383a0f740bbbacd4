"""The parcels in an order's admin: their page, their rows on the order's page, their numbers in the search."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from orders.models import Order
from orders.numbers import read_number
from shop.staff.admin import among
from shop.staff.admin.buttons import Link
from shop.staff.admin.by_code import orders_by_code
from shop.staff.admin.history import HistoryAdmin
from shop.staff.admin.order_inlines import ShipmentInline
from shop.staff.admin.parcels import page_of, parcels_page


class ParcelsAdmin(HistoryAdmin):
    def has_pack_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.pack_order")

    def get_urls(self) -> list[URLPattern]:
        parcels = self.admin_site.admin_view(self.parcels_view)
        return [path("<int:pk>/parcels/", parcels, name="orders_order_parcels"), *super().get_urls()]

    def parcels_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_pack_permission(request):
            raise PermissionDenied
        return parcels_page(self, request, get_object_or_404(Order, pk=pk))

    def get_inlines(self, request: HttpRequest, obj: Order | None) -> list[Any]:
        return [*([ShipmentInline] if obj and obj.shipment_changes else []), *self.inlines]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By a code, if it is one; some could be order numbers: then both are found. Else by a part of what is written.

        For a part the newest orders are read, and only if it is in none of those, or `among` says so, the others: once,
        not for the count and for the page.
        """
        number = read_number(search_term)
        if ids := orders_by_code(search_term):
            return queryset.filter(Q(pk__in=ids) | Q(number=number or "")), False
        found, twice = super().get_search_results(request, queryset, search_term)
        if number or not search_term.strip():
            return found, twice
        return queryset.filter(pk__in=among.ids(request, found)), False

    def links(self, request: HttpRequest, row: Order) -> list[Link]:
        open_to = self.has_pack_permission(request) and (row.shipment_changes or row.status != Order.Status.CANCELLED)
        return [Link("Parcels…", page_of(row))] if open_to else []
