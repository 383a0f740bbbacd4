"""The codes on a product's page: what scanners read on it and on its boxes."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from orders.models import Deed, Product, ProductCode
from shop.staff.products.codes import doubt, of_products, written


class ProductCodeInline(admin.TabularInline):
    model = ProductCode
    fields = ["code", "pieces"]
    extra = 1
    verbose_name_plural = "Codes: what scanners read on it, or on a box of so many pieces"


def remembering(request: HttpRequest, product: Product, save: Callable[[], Any]) -> None:
    """Saves the codes, and keeps in the history which they were and are."""
    before = codes_in_words(product)
    save()
    after = codes_in_words(product)
    if after != before:
        detail = f"codes: {before or 'none'} → {after or 'none'}"
        Deed.remember(Deed.What.CHANGED, [product], by=request.user.get_username(), detail=detail)
    for code in ProductCode.objects.filter(product=product):
        if words := doubt(code.code):
            messages.warning(request, f"Saved, but look again: {words}")


def codes_in_words(product: Product) -> str:
    return written(of_products(ProductCode.objects.filter(product=product)).get(product.pk, {}))
