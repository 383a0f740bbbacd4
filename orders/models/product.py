"""What the shop sells."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q


class Product(models.Model):
    """A thing on sale. `price` is in the shop's currency, per piece."""

    sku = models.CharField("SKU", max_length=64, unique=True)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
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
