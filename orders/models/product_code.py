"""What stands on the goods themselves."""

from django.db import models
from django.db.models import Q

from orders.models.product import Product


class ProductCode(models.Model):
    """A code that scanners read on a product or its box: an EAN, a GTIN, a supplier's own.

    `pieces` is how many pieces one scan of it stands for: 12 on a box of twelve.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="codes")
    code = models.CharField(max_length=64, unique=True)
    pieces = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="product_code_not_empty"),
            models.CheckConstraint(condition=Q(pieces__gte=1), name="product_code_pieces_positive"),
        ]

    def __str__(self) -> str:
        return self.code
