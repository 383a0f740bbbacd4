"""A product's fields in words: as files have them, and as the picture of what changes shows them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings

from orders.models import Product
from orders.money import exact
from orders.request import tidy
from shop.staff.products.codes import written


def field_in_words(field: str, value: Any) -> str:
    if field == "active":
        return "yes" if value else "no"
    if field == "price":
        return str(exact(Decimal(value), settings.CURRENCY))
    return written(value) if field == "codes" else tidy(str(value))


def product_in_words(product: Product, codes: Mapping[str, int]) -> dict[str, str]:
    """Every column that a file may have."""
    values = {"codes": codes, "price": product.amount}
    fields = ("sku", "name", "price", "active", "bin_location", "sap_material", "codes")
    return {name: field_in_words(name, values.get(name, getattr(product, name, ""))) for name in fields}
