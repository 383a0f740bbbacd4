"""What a customer bought."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from orders.models.product import Product
from orders.numbers import new_number

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from orders.models.event import Event
    from orders.models.step import Step


class Order(models.Model):
    """An order and its lines. `total` is in `currency`, the sum of quantity × price as sold."""

    class Status(models.TextChoices):
        RECEIVED = "received"
        PROCESSED = "processed"
        PACKED = "packed"
        SHIPPED = "shipped"
        CANCELLED = "cancelled"

    number = models.CharField(max_length=14, default=new_number, editable=False)
    customer_name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_seq = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # of its events
    # The client's Idempotency-Key (hashed) and what it sent with it (hashed): a repeat gets the first answer.
    idempotency_key = models.CharField(max_length=64, null=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    if TYPE_CHECKING:
        lines: RelatedManager["OrderLine"]
        steps: RelatedManager["Step"]
        events: RelatedManager["Event"]

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("pack_order", "Can mark orders as packed and shipped"),
            ("cancel_order", "Can cancel orders"),
        ]
        indexes = [
            # The sweeper looks for complete but unsettled orders here; at any time few are open.
            models.Index(fields=["id"], condition=Q(status="received"), name="order_unsettled"),
            models.Index(fields=["id"], condition=Q(status="processed"), name="order_to_pack"),
            models.Index(fields=["customer_name"], name="order_customer"),
            models.Index(fields=["created_at"], name="order_created"),
        ]
        constraints = [
            # Not `unique=True` at the field: that makes one more index each, for LIKE, which every order would pay for.
            models.UniqueConstraint(fields=["number"], name="order_number_once"),
            models.UniqueConstraint(fields=["idempotency_key"], name="order_idempotency_key_once"),
            models.CheckConstraint(condition=~Q(customer_name=""), name="order_has_customer"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status__in=["received", "processed", "packed", "shipped", "cancelled"]),
                name="order_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["received", "cancelled"]) | Q(settled_at__isnull=False),
                name="order_settled_before_packed",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """A product in an order: quantity in pieces, name and price (per piece, the order's currency) as sold."""

    # The constraint line_position_once has an index that begins with the order.
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=64)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once"),
            models.UniqueConstraint(fields=["order", "product"], name="line_product_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_positive"),
            models.CheckConstraint(condition=Q(price__gte=0), name="line_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"
