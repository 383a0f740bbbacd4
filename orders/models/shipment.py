"""A parcel on its way."""

from django.db import models
from django.db.models import Q

from orders.carriers import carrier_name, tracking_url
from orders.models.order import Order

ERASED = "(erased)"  # What stands where something told of a person, once it was erased.


class Shipment(models.Model):
    """One parcel of an order: who carries it and under which number. An order may have several."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments")
    carrier = models.CharField(max_length=32)
    tracking_number = models.CharField(max_length=64)
    created_at = models.DateTimeField(help_text="By the database's clock.")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["tracking_number"], name="shipment_tracking_number")]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "tracking_number"], name="shipment_tracking_number_once"),
            models.CheckConstraint(condition=~Q(carrier="") & ~Q(tracking_number=""), name="shipment_can_be_tracked"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier_name} {self.shown_number}"

    @property
    def is_erased(self) -> bool:
        """Its number is gone with the person. What its column has instead tells it from other parcels, and no more."""
        return self.tracking_number.startswith(ERASED)

    @property
    def shown_number(self) -> str:
        """For whoever looks; no carrier's number has a bracket."""
        return ERASED if self.is_erased else self.tracking_number

    @property
    def carrier_name(self) -> str:
        return carrier_name(self.carrier)

    @property
    def tracking_url(self) -> str:
        """Where it can be followed; "" if nowhere."""
        return "" if self.is_erased else tracking_url(self.carrier, self.tracking_number)
