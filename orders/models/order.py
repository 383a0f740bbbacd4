"""What a customer bought."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from orders.models.money_field import MoneyField
from orders.models.product import PRICE_DIGITS, Product
from orders.models.shipping import Shipping
from orders.money import exact
from orders.numbers import new_number

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from orders.models.event import Event
    from orders.models.shipment import Shipment
    from orders.models.step import Step


LONGEST_REFERENCE = 35  # characters


def _text(characters: int) -> "models.CharField[str, str]":
    """A text that may be left out. Its default is the database's too: a program of before goes on inserting."""
    return models.CharField(max_length=characters, blank=True, default="", db_default="")


class Order(models.Model):
    """An order and its lines. `total` is in `currency`, the sum of quantity × price as sold.

    Lengths are SAP's (`A_SalesOrderPartnerAddress`). `shipping_country` is ISO 3166-1 alpha-2; without it there is no
    address. `reference` is the client's own number for the order, and `client` who placed it: "" for a guest.

    `status` is how far the order itself is: the warehouse packs and ships it once its slip is out, whether or not SAP
    and marketing have it. `settled_at` says when all its steps were done, whatever the status was by then.
    """

    class Status(models.TextChoices):
        RECEIVED = "received"
        PROCESSED = "processed"
        PACKED = "packed"
        SHIPPED = "shipped"
        CANCELLED = "cancelled"

    number = models.CharField(max_length=14, default=new_number, editable=False)
    customer_name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    email = _text(241)
    client = _text(150)
    reference = _text(LONGEST_REFERENCE)
    shipping_name = _text(80)
    shipping_phone = _text(30)
    shipping_line1 = _text(60)
    shipping_line2 = _text(40)
    shipping_postal_code = _text(10)
    shipping_city = _text(40)
    shipping_state = _text(3)
    shipping_country = _text(2)
    # Of the request that placed it: its Request-Id, and its W3C traceparent where traces are on.
    request_id = _text(64)
    traceparent = _text(55)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    currency = models.CharField(max_length=3)
    total = MoneyField(whole_digits=18)
    created_at = models.DateTimeField(auto_now_add=True)
    # When its status or its parcels changed last, it was settled or its person erased; empty: before there was this.
    updated_at = models.DateTimeField(auto_now_add=True, null=True)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    packed_at = models.DateTimeField(null=True, blank=True, editable=False)
    shipped_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How often its parcels were changed. 0: it has none, and nobody need look for them.
    shipment_changes = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    last_seq = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # of its events
    # The client's Idempotency-Key (hashed) and what it sent with it (hashed): a repeat gets the first answer.
    idempotency_key = models.CharField(max_length=64, null=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    if TYPE_CHECKING:
        lines: RelatedManager["OrderLine"]
        steps: RelatedManager["Step"]
        events: RelatedManager["Event"]
        shipments: RelatedManager["Shipment"]

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("pack_order", "Can mark orders as packed and shipped"),
            ("cancel_order", "Can cancel orders"),
            ("undo_order", "Can take back packed and shipped, whoever did it and however long ago"),
        ]
        indexes = [
            # The sweeper looks for complete but unsettled orders here; at any time few are open.
            models.Index(
                fields=["id"], condition=Q(settled_at__isnull=True) & ~Q(status="cancelled"), name="order_not_settled"
            ),
            models.Index(fields=["id"], condition=Q(status__in=["received", "processed"]), name="order_not_packed"),
            models.Index(fields=["id"], condition=Q(status="packed"), name="order_to_ship"),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="order_reference"),
            models.Index(fields=["customer_name"], name="order_customer"),
            models.Index(fields=["created_at"], name="order_created"),
            # For a client's list; a guest's order pays for none of them.
            models.Index(fields=["client", "created_at", "id"], condition=~Q(client=""), name="order_of_client"),
            models.Index(
                fields=["client", "status", "created_at", "id"],
                condition=~Q(client=""),
                name="order_of_client_by_status",
            ),
            models.Index(fields=["client", "updated_at"], condition=~Q(client=""), name="order_of_client_updated"),
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
                condition=~Q(status="processed") | Q(settled_at__isnull=False), name="order_processed_is_settled"
            ),
            models.UniqueConstraint(
                fields=["client", "reference"],
                condition=~Q(client="") & ~Q(reference=""),
                name="order_reference_once_per_client",
            ),
            models.CheckConstraint(
                condition=~Q(shipping_country="")
                | Q(
                    shipping_line1="",
                    shipping_line2="",
                    shipping_postal_code="",
                    shipping_city="",
                    shipping_state="",
                ),
                name="order_address_has_country",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Decimal:
        """The total with the digits of its currency: what is shown and sent."""
        return exact(self.total, self.currency)

    @property
    def known_shipments(self) -> "list[Shipment]":
        """Its parcels; an order that never had one is not looked up."""
        return list(self.shipments.all()) if self.shipment_changes else []

    @property
    def shipping(self) -> Shipping:
        """Where the parcel goes, as far as the customer said; the name is the customer's unless another was given."""
        return Shipping(
            name=self.shipping_name or self.customer_name,
            phone=self.shipping_phone,
            line1=self.shipping_line1,
            line2=self.shipping_line2,
            postal_code=self.shipping_postal_code,
            city=self.shipping_city,
            state=self.shipping_state,
            country=self.shipping_country,
        )


class OrderLine(models.Model):
    """A product in an order: quantity in pieces, name and price (per piece, the order's currency) as sold."""

    # The constraint line_position_once has an index that begins with the order.
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=64)
    name = models.CharField(max_length=200)
    price = MoneyField(whole_digits=PRICE_DIGITS)
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

    @property
    def amount(self) -> Decimal:
        """The price with the digits of the order's currency: what is shown and sent."""
        return exact(self.price, self.order.currency)
