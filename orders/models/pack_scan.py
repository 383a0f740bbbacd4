"""What was scanned where parcels are packed."""

from django.db import models
from django.db.models import Q

from orders.models.order import Order, OrderLine

LONGEST_CODE = 200  # characters that are kept of what was scanned
LONGEST_ANSWER = 500  # characters


class PackScan(models.Model):
    """One scan, or one key, and what it did. How far an order is packed is computed from these rows alone.

    `scan_id` is made by whoever scans: a repeat of the same scan finds this row, and counts nothing. `order` is the one
    that was on the screen, or was opened; None if none was. `pieces` counts if the row is COUNTED or MISSING and not
    undone; of TIMES it is by how much the next scan is multiplied. A WRONG one stays on the screen until somebody has
    acknowledged it.
    """

    class Kind(models.TextChoices):
        OPENED = "opened"
        COUNTED = "counted"
        TIMES = "times", "how many the next scan is"
        WRONG = "wrong", "refused, to be acknowledged"
        ASKED = "asked", "asked whether to leave the order"
        TOLD = "told", "said something, did nothing"
        MISSING = "missing"
        UNDO = "undo", "took something back"
        ACKNOWLEDGED = "acknowledged"
        PACKED = "packed"
        SHIPPED = "shipped"
        REPRINTED = "reprinted", "asked for a new copy of the slip"
        LEFT = "left", "left the order"
        CLOSED = "closed", "closed the order: nobody knows the number"

    scan_id = models.UUIDField(unique=True)
    # The index pack_scan_of_order begins with it.
    order = models.ForeignKey(Order, models.CASCADE, null=True, related_name="pack_scans", db_index=False)
    line = models.ForeignKey(OrderLine, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    code = models.CharField(max_length=LONGEST_CODE, blank=True, help_text="As it was scanned or typed.")
    pieces = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True, help_text="What the station said.")
    by = models.CharField(max_length=150)
    table = models.CharField(max_length=20, blank=True, help_text="Where it was scanned, as the browser is called.")
    at = models.DateTimeField(help_text="By the database's clock.")
    undone_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["order", "id"], name="pack_scan_of_order"),
            models.Index(fields=["by", "at"], condition=Q(kind="packed"), name="pack_scan_packed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.code or '⏎'}: {self.get_kind_display()}"
