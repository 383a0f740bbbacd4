"""The customers' API. Views parse, call, answer."""

import hashlib
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import GenericViewSet

from orders import idempotency_key
from orders.api.body import AlwaysJSON, BoundedJSONParser
from orders.api.problems import NoSuchOrder
from orders.api.serializers import OrderSerializer
from orders.api.throttles import OrderRate
from orders.carriers import carriers
from orders.errors import UnknownProducts, Unreadable
from orders.models import Order
from orders.numbers import read_number
from orders.outbox.background import dispatch
from orders.placing import place_once, place_order
from orders.wanted import read_wanted, unknown_products


class OrderViewSet(GenericViewSet[Order]):
    """POST /order places an order; GET /order/<order_num> tells how far it is."""

    queryset = Order.objects.all()
    http_method_names = ["get", "head", "post"]
    parser_classes = [BoundedJSONParser]
    content_negotiation_class = AlwaysJSON
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    def get_throttles(self) -> list[BaseThrottle]:
        return [OrderRate()] if settings.ORDER_RATE and self.action == "create" else []

    def create(self, request: Request) -> Response:
        header = request.META.get("HTTP_IDEMPOTENCY_KEY")
        key = None if header is None else idempotency_key.of_header(header)
        if request.stream is None:
            raise Unreadable("The body is empty; a JSON object is expected.")
        data: Any = request.data  # An object: BoundedJSONParser returns nothing else.
        wanted = vars(read_wanted(data))
        replayed = False
        try:
            if key is None:
                order = place_order(**wanted)
            else:
                body = idempotency_key.fingerprint(data)
                order, replayed = place_once(key, body, **wanted)
        except UnknownProducts as error:
            raise unknown_products(data, error.ids) from error
        if not replayed:
            dispatch(order.pk)
        return _placed(order, request, replayed)

    def retrieve(self, request: Request, number: str) -> HttpResponseBase:
        # A malformed number costs the same look-up as an unknown one: the answer's time tells nothing.
        order = Order.objects.filter(number=read_number(number) or "").first()
        if order is None:
            raise NoSuchOrder
        prefetch_related_objects([order], "steps")
        tag = etag(order)
        response = get_conditional_response(request, etag=tag) or Response(OrderSerializer(order).data)
        response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
        return response


def _placed(order: Order, request: Request, replayed: bool) -> Response:
    """The answer to a placed order: a replay gets the first one again, whatever became of the order since."""
    url = reverse("order-detail", args=[order.number], request=request)
    answer = {"order_num": order.number, "status": Order.Status.RECEIVED, "url": url}
    headers = {"Location": url, "Cache-Control": "no-store"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(answer, status.HTTP_201_CREATED, headers=headers)


def etag(order: Order) -> str:
    """Of all that can change about an order: its lines never do. (No Last-Modified: a second is too coarse.)"""
    parts: list[object] = [order.status, order.settled_at, order.packed_at, order.shipped_at, order.cancelled_at]
    if order.shipment_changes:  # It counts for the parcels, so that a 304 need not read them.
        parts += [order.shipment_changes, carriers()]
    parts += [(step.name, step.state, step.finished_at) for step in order.steps.all()]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
