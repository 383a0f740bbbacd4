"""What the shop sells."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from orders.models.money_field import MoneyField
from orders.money import digits, exact, needed_digits
from orders.request import code_fault, text_fault, tidy

PRICE_DIGITS = 10  # before the point: a laptop may cost 60,000,000 dong

# What each text may not have in it.
CHECKS = {"name": text_fault, "sku": code_fault, "bin_location": code_fault, "sap_material": code_fault}


class Product(models.Model):
    """A thing on sale. `price` is in the shop's currency, per piece."""

    sku = models.CharField("SKU", max_length=64, unique=True)
    name = models.CharField(max_length=200)
    price = MoneyField(whole_digits=PRICE_DIGITS, validators=[MinValueValidator(Decimal(0))])
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

    def save(self, *args: Any, **options: Any) -> None:
        """Whoever saves it, its texts are in NFC, as customers' are."""
        self._tidy()
        super().save(*args, **options)

    @property
    def amount(self) -> Decimal:
        """The price with the digits of the shop's currency: what is shown."""
        return exact(self.price, settings.CURRENCY)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Before anything is checked or compared: two products can't differ in how an accent was typed."""
        self._tidy()
        super().clean_fields(exclude)

    def _tidy(self) -> None:
        for field in CHECKS.keys() & vars(self).keys():  # What was not loaded is not looked up.
            if isinstance(text := getattr(self, field), str):
                setattr(self, field, tidy(text))

    def clean(self) -> None:
        """Refuses what nobody can pay or read: staff see it here before a customer does, or a picker."""
        self._check_price()
        self._check_texts()

    def _check_price(self) -> None:
        if isinstance(self.price, Decimal) and (fault := price_fault(self.price)):
            raise ValidationError({"price": fault})

    def _check_texts(self) -> None:
        faults: dict[str, str] = {field: fault for field in CHECKS if (fault := CHECKS[field](getattr(self, field)))}
        if not faults and (twin := self._twin()):
            faults = {"sku": f"{twin.sku} is the SKU of product {twin.pk}. People would take one for the other."}
        if faults:
            raise ValidationError(faults)

    def _twin(self) -> "Product | None":
        """A product whose SKU differs in capitals alone. Not asked where the SKU stays as it is."""
        if self.pk and Product.objects.filter(pk=self.pk, sku=self.sku).exists():
            return None
        return Product.objects.filter(sku__iexact=self.sku).exclude(pk=self.pk).exclude(sku=self.sku).first()


def price_fault(price: Decimal) -> str:
    """Why nobody can pay it in the shop's currency, in a sentence; "" if one can."""
    most = digits(settings.CURRENCY)
    if not price.is_finite() or needed_digits(price) <= most:
        return ""
    said = f"at most {most}" if most else "no"
    return f"A price in {settings.CURRENCY} has {said} digits after the point."
