"""What the integrations keep themselves: purchases for the shop's own figures."""

from django.db import models

from orders.models import MoneyField, Order


class Purchase(models.Model):
    """An order as it counts in the figures. `customer` is a pseudonym, `day` is in the shop's time zone."""

    order = models.OneToOneField(Order, models.CASCADE)
    day = models.DateField(db_index=True)
    customer = models.CharField(max_length=32)
    revenue = MoneyField(whole_digits=18)
    currency = models.CharField(max_length=3)
    pieces = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "statistics"

    def __str__(self) -> str:
        return f"{self.order} on {self.day}"
