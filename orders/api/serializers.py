"""The shapes of answers."""

from typing import Any

from rest_framework import serializers

from orders.models import Order, Shipping


class OrderLineSerializer(serializers.Serializer[Any]):
    product_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    price = serializers.CharField(source="amount")


class StepSerializer(serializers.Serializer[Any]):
    """For customers: the state, no internals and no error texts."""

    name = serializers.CharField()
    state = serializers.CharField()
    finished_at = serializers.DateTimeField()


class ShipmentSerializer(serializers.Serializer[Any]):
    carrier = serializers.CharField()
    carrier_name = serializers.CharField()
    tracking_number = serializers.CharField(source="shown_number")
    tracking_url = serializers.CharField()
    created_at = serializers.DateTimeField()


class OrderSerializer(serializers.Serializer[Order]):
    """Declared field by field: a ModelSerializer would look each up in the model at every request."""

    order_num = serializers.CharField(source="number")
    status = serializers.CharField()
    total = serializers.CharField(source="amount")
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField()
    packed_at = serializers.DateTimeField()
    shipped_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField()
    lines = OrderLineSerializer(many=True)
    steps = StepSerializer(many=True)
    shipments = ShipmentSerializer(many=True, source="known_shipments")


class AddressSerializer(serializers.Serializer[Any]):
    line1 = serializers.CharField()
    line2 = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    country = serializers.CharField()


class ShippingSerializer(serializers.Serializer[Any]):
    """Named as Stripe names it. `address` is null where none was given."""

    name = serializers.CharField()
    phone = serializers.CharField()
    address = serializers.SerializerMethodField()

    def get_address(self, shipping: Shipping) -> dict[str, str] | None:
        return dict(AddressSerializer(shipping).data) if shipping.has_address else None


class OwnOrderSerializer(OrderSerializer):
    """What the client that placed the order sees besides."""

    reference = serializers.CharField()
    customer_name = serializers.CharField()
    email = serializers.CharField()
    note = serializers.CharField()
    shipping = ShippingSerializer()


class CancelledSerializer(serializers.Serializer[Order]):
    order_num = serializers.CharField(source="number")
    status = serializers.CharField()
    cancelled_at = serializers.DateTimeField()


class ListedOrderSerializer(serializers.Serializer[Any]):
    order_num = serializers.CharField(source="number")
    reference = serializers.CharField()
    status = serializers.CharField()
    total = serializers.CharField(source="amount")
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField()
