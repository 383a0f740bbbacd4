from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from orders.models import Deed, Product
from shop.staff.admin.confirmation import counted
from shop.staff.admin.remembered import RememberedAdmin
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
class ProductAdmin(RememberedAdmin, SettledSelection):
    list_display = ["id", "sku", "name", "price", "bin_location", "sap_material", "active"]
    list_display_links = ["sku", "name"]
    list_filter = ["active", MissingFilter]
    search_fields = ["=id", "sku", "name", "bin_location", "sap_material"]
    search_help_text = "Id, SKU, name, bin or SAP material"
    list_per_page = 50
    actions = ["activate", "deactivate"]

    @admin.action(description="Put on sale", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        changed = self._sell(request, queryset, active=True)
        self.message_user(request, f"{counted(changed, 'product')} put on sale.", messages.SUCCESS)

    @admin.action(description="Take off sale", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        changed = self._sell(request, queryset, active=False)
        self.message_user(request, f"{counted(changed, 'product')} taken off sale.", messages.SUCCESS)

    @transaction.atomic
    def _sell(self, request: HttpRequest, products: QuerySet[Product], *, active: bool) -> int:
        """Puts products on sale or takes them off; returns how many were not so before."""
        changing = list(products.exclude(active=active).select_for_update())
        Product.objects.filter(pk__in=[product.pk for product in changing]).update(active=active)
        said = "put on sale" if active else "taken off sale"
        Deed.remember(Deed.What.CHANGED, changing, by=request.user.get_username(), detail=said)
        return len(changing)
