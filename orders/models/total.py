"""What has been counted since the desk was set up: it outlives the rows that it was counted from."""

from django.db import models


class Total(models.Model):
    """A row per kind (`orders`, `attempts`), destination and outcome. `orders.totals` alone writes them.

    Of attempts that took a known time: how many of them (`timed`), `seconds` is the sum, and `buckets` how many took at
    most as long as each of `orders.totals.BOUNDS`.
    """

    kind = models.CharField(max_length=16)
    destination = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    count = models.BigIntegerField(default=0)
    timed = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    buckets = models.JSONField(default=list)

    class Meta:
        ordering = ["kind", "destination", "outcome"]
        constraints = [models.UniqueConstraint(fields=["kind", "destination", "outcome"], name="total_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.destination} {self.outcome}".strip()


class Counted(models.Model):
    """How far the rows of a kind have been counted: all up to this id are in the totals, and none behind it."""

    kind = models.CharField(primary_key=True, max_length=16)
    upto = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} up to {self.upto}"
