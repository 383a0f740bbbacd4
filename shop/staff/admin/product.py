from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from orders.models import Product
from shop.staff.admin.selection import SettledSelection


class MissingFilter(admin.SimpleListFilter):
    """Products that lack what a step needs."""

    title = "is missing"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("bin_location", "a bin"), ("sap_material", "an SAP material")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        field = self.value()
        return queryset.filter(**{field: ""}) if field in ("bin_location", "sap_material") else queryset


@admin.register(Product)
class ProductAdmin(SettledSelection):
    list_display = ["id", "sku", "name", "price", "bin_location", "sap_material", "active"]
    list_display_links = ["sku", "name"]
    list_filter = ["active", MissingFilter]
    search_fields = ["=id", "sku", "name", "bin_location", "sap_material"]
    search_help_text = "Id, SKU, name, bin or SAP material"
    list_per_page = 50
    actions = ["activate", "deactivate"]

    @admin.action(description="Put on sale", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        changed = queryset.filter(active=False).update(active=True)
        self.message_user(request, f"{changed} products were put on sale.", messages.SUCCESS)

    @admin.action(description="Take off sale", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        changed = queryset.filter(active=True).update(active=False)
        self.message_user(request, f"{changed} products were taken off sale.", messages.SUCCESS)
