"""What the shop sells."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from orders.money import MOST_DIGITS, digits, exact


class Product(models.Model):
    """A thing on sale. `price` is in the shop's currency, per piece."""

    sku = models.CharField("SKU", max_length=64, unique=True)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=12, decimal_places=MOST_DIGITS, validators=[MinValueValidator(Decimal(0))])
    active = models.BooleanField(default=True, help_text="Can be ordered.")
    bin_location = models.CharField(
        "bin", max_length=32, blank=True, help_text="Where it lies in the warehouse, e.g. A-03-2."
    )
    sap_material = models.CharField("SAP material", max_length=40, blank=True, help_text="Its material number in SAP.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(condition=~Q(sku="") & ~Q(name=""), name="product_has_sku_and_name"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        product = super().from_db(db, field_names, values, **options)
        if "price" in field_names:
            product.price = exact(product.price, settings.CURRENCY)
        return product

    def clean(self) -> None:
        if self.price is not None and self.price != exact(self.price, settings.CURRENCY):
            most = digits(settings.CURRENCY)
            raise ValidationError(
                {"price": f"A price in {settings.CURRENCY} has at most {most} digits after the point."}
            )
