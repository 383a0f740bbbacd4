"""The same order taken in other ways."""

import time
from datetime import timedelta
from typing import Any

import requests
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.segment.payload import order_completed
from orders.models import Order, OrderLine, Product, Step
from tests.bench.rivals.tasks import publish_chord
from tests.bench.slip import plain

SAP_TAKES = 0.2  # seconds


class OrderInput(serializers.Serializer[Any]):
    customer_name = serializers.CharField(max_length=200)
    products_ids = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False)


@transaction.atomic
def insert(customer_name: str, products_ids: list[int]) -> Order:
    """The rows of an order: itself, a line per product, a step per destination."""
    products = Product.objects.in_bulk(products_ids)
    order = Order.objects.create(
        customer_name=customer_name,
        currency=settings.CURRENCY,
        total=sum(product.price for product in products.values()),
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, position=n, product=p, sku=p.sku, name=p.name, price=p.price, quantity=1)
        for n, p in enumerate(products.values(), start=1)
    )
    due_at = timezone.now() + timedelta(hours=1)
    Step.objects.bulk_create(Step(order=order, name=name, due_at=due_at) for name in ("sap", "marketing", "printing"))
    return order


class Bare(APIView):
    """A DRF view that inserts the rows and does nothing else."""

    def post(self, request: Request) -> Response:
        given = OrderInput(data=request.data)
        given.is_valid(raise_exception=True)
        order = insert(**given.validated_data)
        self.after(order)
        return Response({"order_num": order.number, "status": order.status}, status=201)

    def after(self, order: Order) -> None:
        """Nothing."""


class Naive(Bare):
    """SAP, marketing and the slip inside the request."""

    def after(self, order: Order) -> None:
        time.sleep(SAP_TAKES)
        requests.post(f"{settings.MARKETING.url}/v1/batch", json={"batch": [order_completed(order)]}, timeout=10)
        plain(order)


class Stock(Bare):
    """A chord with publisher confirms and results in Django, published inside the request."""

    def after(self, order: Order) -> None:
        publish_chord(order.pk)


class LineOutput(serializers.ModelSerializer[OrderLine]):
    class Meta:
        model = OrderLine
        fields = ["product_id", "sku", "name", "quantity", "price"]


class StepOutput(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = ["name", "state", "finished_at"]


class OrderOutput(serializers.ModelSerializer[Order]):
    lines = LineOutput(many=True)
    steps = StepOutput(many=True)

    class Meta:
        model = Order
        fields = [
            "number", "status", "total", "currency", "created_at", "settled_at", "cancelled_at", "lines", "steps",
        ]  # fmt: skip


class BareStatus(RetrieveAPIView[Order]):
    """DRF's own retrieve of the same rows."""

    queryset = Order.objects.prefetch_related("lines", "steps")
    serializer_class = OrderOutput
    lookup_field = "number"
