"""What the integrations keep themselves: purchases for the shop's own figures."""

from django.db import models

from orders.models import Order
from orders.money import MOST_DIGITS


class Purchase(models.Model):
    """An order as it counts in the figures. `customer` is a pseudonym, `day` is in the shop's time zone."""

    order = models.OneToOneField(Order, models.CASCADE)
    day = models.DateField(db_index=True)
    customer = models.CharField(max_length=32)
    revenue = models.DecimalField(max_digits=20, decimal_places=MOST_DIGITS)
    currency = models.CharField(max_length=3)
    pieces = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "statistics"

    def __str__(self) -> str:
        return f"{self.order} on {self.day}"
