"""What other programs are told about an order: a row per event, in the order's own sequence."""

from django.db import models
from django.db.models import Q

from orders.models.order import Order


class Event(models.Model):
    """One thing that happened to an order. `orders.telling` writes it in the transaction that changes the order.

    `seq` counts from 1 within the order, without a gap. `due_at` is when an open one may be published: while a
    publisher has it, the end of its lease.
    """

    class Type(models.TextChoices):
        RECEIVED = "order.received"
        PROCESSED = "order.processed"
        PACKED = "order.packed"
        SHIPPED = "order.shipped"
        SHIPMENTS_CHANGED = "order.shipments_changed"
        CANCELLED = "order.cancelled"
        UNPACKED = "order.unpacked"
        UNSHIPPED = "order.unshipped"
        PARKED = "step.parked"
        RESUMED = "step.resumed"

    class State(models.TextChoices):
        OPEN = "open"
        PUBLISHED = "published"
        REFUSED = "refused"

    # The constraint event_once_per_order has an index that begins with the order.
    order = models.ForeignKey(Order, models.CASCADE, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=32, choices=Type)
    at = models.DateTimeField(help_text="By the database's clock.")
    step = models.CharField(max_length=32, blank=True, help_text="Of a step's event: which.")
    data = models.JSONField(null=True, help_text="What else it tells, as it was then: of a parcel.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    due_at = models.DateTimeField()
    refusals = models.PositiveSmallIntegerField(default=0, help_text="How often in a row the broker refused it.")

    class Meta:
        ordering = ["id"]
        indexes = [
            # For the publishers; at any time few are open.
            models.Index(fields=["id"], condition=Q(state="open"), name="event_open"),
            # For operators; mostly none is refused.
            models.Index(fields=["at", "id"], condition=Q(state="refused"), name="event_refused"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="event_once_per_order"),
            models.CheckConstraint(condition=Q(state__in=["open", "published", "refused"]), name="event_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.sequence}"

    @property
    def sequence(self) -> str:
        """`seq` as a text that sorts like the number: all that the column can hold has ten digits at most."""
        return f"{self.seq:010}"
