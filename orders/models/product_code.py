"""What stands on the goods themselves."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from orders.models.product import Product
from orders.request import code_fault, tidy

LONGEST = 64  # characters
NEVER = "*,;"  # Between codes, and before their pieces, where several stand in one cell.


class ProductCode(models.Model):
    """A code that scanners read on a product or its box: an EAN, a GTIN, a supplier's own.

    `pieces` is how many pieces one scan of it stands for: 12 on a box of twelve.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="codes")
    code = models.CharField(max_length=LONGEST, unique=True)
    pieces = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="product_code_not_empty"),
            models.CheckConstraint(condition=Q(pieces__gte=1), name="product_code_pieces_positive"),
        ]

    def __str__(self) -> str:
        return self.code

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        if isinstance(self.code, str):
            self.code = tidy(self.code)
        super().clean_fields(exclude)

    def clean(self) -> None:
        """Refuses what no scanner reads, or what another product has in other capitals."""
        fault = code_faults(self.code)
        twin = None if fault else ProductCode.objects.filter(code__iexact=self.code).exclude(pk=self.pk).first()
        if twin and twin.code != self.code:
            fault = f"{twin.code} is a code of {twin.product}. Scanners would take one for the other."
        if fault:
            raise ValidationError({"code": fault})


def code_faults(code: str) -> str:
    """What is wrong with a code, in a sentence; "" if nothing."""
    if not code:
        return "It is empty."
    if len(code) > LONGEST:
        return f"It is longer than {LONGEST} characters."
    if any(char in NEVER or char.isspace() for char in code):
        return "A code has no spaces in it, and none of * , ;"
    return code_fault(code)
