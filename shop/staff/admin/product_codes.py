"""The codes on a product's page: what scanners read on it and on its boxes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest

from orders.models import Deed, Product, ProductCode
from shop.staff.products.codes import doubt, of_products, written

LABELS = {"code": "Code", "pieces": "Pieces", "DELETE": "Delete this code"}


class CodeForm(forms.ModelForm):
    """Its fields say what they are: the columns' headings are no labels to who hears the page."""

    def add_prefix(self, field_name: str) -> str:
        """Called for each field as it is drawn; a field that Django adds later (DELETE) gets its name here, too."""
        if field_name in LABELS and field_name in self.fields:
            self.fields[field_name].widget.attrs.setdefault("aria-label", LABELS[field_name])
        return super().add_prefix(field_name)


class ProductCodeInline(admin.TabularInline):
    model = ProductCode
    form = CodeForm
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
