from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Round
from django.http import HttpRequest

from orders.models import Deed, Product
from orders.money import digits, smallest
from shop.staff.admin.any_form import InAnyForm
from shop.staff.admin.confirmation import counted
from shop.staff.admin.remembered import RememberedAdmin
from shop.staff.admin.selection import SettledSelection

TEXTS = ("sku", "name", "bin_location", "sap_material")


class MissingFilter(admin.SimpleListFilter):
    """Products that lack what a step needs."""

    title = "is missing"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        payable = f"a price that {settings.CURRENCY} can have"
        return [("bin_location", "a bin"), ("sap_material", "an SAP material"), ("price", payable)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        field = self.value()
        if field == "price":
            return queryset.exclude(price=Round("price", precision=digits(settings.CURRENCY)))
        return queryset.filter(**{field: ""}) if field in ("bin_location", "sap_material") else queryset


class ProductForm(forms.ModelForm):
    """The price has the currency's digits, and goes up and down in its smallest coin."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "price" in self.fields:
            self.fields["price"].widget.attrs["step"] = str(smallest(settings.CURRENCY))
            if self.instance.pk:
                self.initial["price"] = self.instance.amount


@admin.register(Product)
class ProductAdmin(RememberedAdmin, SettledSelection):
    form = ProductForm
    list_display = ["id", "sku", "name", "amount", "bin_location", "sap_material", "active"]
    list_display_links = ["sku", "name"]
    list_filter = ["active", MissingFilter]
    search_fields = ["=id", *(f"{text}__{InAnyForm.lookup_name}" for text in TEXTS)]
    search_help_text = "Id, SKU, name, bin or SAP material"
    list_per_page = 50
    actions = ["activate", "deactivate"]

    @admin.display(description="price", ordering="price")
    def amount(self, product: Product) -> str:
        """As text: the admin would show as many digits as the column can hold."""
        return str(product.amount)

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        fields = super().get_fields(request, obj)
        if self.has_change_permission(request, obj):
            return fields
        return ["amount" if field == "price" else field for field in fields]

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
