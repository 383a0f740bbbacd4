"""How often somebody asked of late."""

from django.db import models


class RateCount(models.Model):
    """The requests of one client or address since `began_at`, for a bound on them. `who` is a hash: no address is kept.

    There are rows only where SHOP_ORDER_RATE is set. One that is over says nothing, and is deleted some time later.
    """

    who = models.BigIntegerField(primary_key=True)
    began_at = models.DateTimeField(help_text="By the database's clock.")
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="rate_count_began")]

    def __str__(self) -> str:
        return f"{self.count} since {self.began_at}"
