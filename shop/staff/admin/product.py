from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Round
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from orders.models import Product
from orders.money import digits, smallest
from shop.staff.admin.any_form import InAnyForm
from shop.staff.admin.buttons import Button
from shop.staff.admin.confirmation import counted, go_back
from shop.staff.admin.product_codes import ProductCodeInline, codes_in_words, remembering
from shop.staff.admin.remembered import RememberedAdmin
from shop.staff.admin.retiring import delete_unsold, sell, sold_page, was_sold
from shop.staff.admin.selection import SettledSelection
from shop.staff.products.download import download
from shop.staff.products.page import import_page

TEXTS = ("sku", "name", "bin_location", "sap_material")


class MissingFilter(admin.SimpleListFilter):
    """Products that lack what a step needs."""

    title = "is missing"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        payable = f"a price that {settings.CURRENCY} can have"
        return [("bin_location", "a bin"), ("sap_material", "an SAP material"), ("codes", "a code"), ("price", payable)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        field = self.value()
        if field == "price":
            return queryset.exclude(price=Round("price", precision=digits(settings.CURRENCY)))
        if field == "codes":
            return queryset.filter(codes=None)
        return queryset.filter(**{field: ""}) if field in ("bin_location", "sap_material") else queryset


class ProductForm(forms.ModelForm):
    """The price has the currency's digits, and goes up and down in its smallest coin."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.beside = {"list of codes": codes_in_words(self.instance)} if self.instance.pk else {}
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
    search_fields = ["=id", "=codes__code", *(f"{text}__{InAnyForm.lookup_name}" for text in TEXTS)]
    search_help_text = "Id, SKU, code, name, bin or SAP material"
    list_per_page = 50
    actions = ["activate", "retire", "delete_selected"]
    inlines = [ProductCodeInline]

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
    def activate(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse:
        changed = sell(queryset, active=True, by=request.user.get_username())
        self.message_user(request, f"{counted(changed, 'product')} put on sale.", messages.SUCCESS)
        return go_back(request)

    @admin.action(description="Retire (take off sale)", permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse:
        changed = sell(queryset, active=False, by=request.user.get_username())
        self.message_user(request, f"{counted(changed, 'product')} retired.", messages.SUCCESS)
        return go_back(request)

    @admin.action(description="Delete…", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
        return delete_unsold(self, request, queryset)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        product = self.get_object(request, unquote(object_id))
        if product and self.has_delete_permission(request, product) and was_sold(product):
            return sold_page(self, request, product)
        return super().delete_view(request, object_id, extra_context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        product = kwargs.get("obj")
        if product and self.has_change_permission(request, product):
            retire, sale = Button("retire", "Retire", product), Button("activate", "Put on sale", product)
            context["buttons"] = [retire if product.active else sale]
        return super().render_change_form(request, context, *args, **kwargs)

    def get_inline_instances(self, request: HttpRequest, obj: Product | None = None) -> list[Any]:
        """A form without a word of codes (one that was opened before there were any) leaves them as they are."""
        if request.method == "POST" and "codes-TOTAL_FORMS" not in request.POST:
            return []
        return super().get_inline_instances(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        remembering(
            request, form.instance, lambda: super(ProductAdmin, self).save_related(request, form, formsets, change)
        )

    def get_urls(self) -> list[URLPattern]:
        def page(view: Callable[..., HttpResponse]) -> Any:
            return self.admin_site.admin_view(view)

        own = [
            path("import/", page(partial(import_page, self)), name="orders_product_import"),
            path("export/<name>", page(self.export), name="orders_product_export"),
        ]
        return own + super().get_urls()

    def export(self, request: HttpRequest, name: str) -> HttpResponse:
        """What the list shows with the same search and filters, all pages of it; where it can't show it, the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown: QuerySet[Product] = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # It has said so to the user.
            return redirect("admin:orders_product_changelist")
        return download(shown, name)
