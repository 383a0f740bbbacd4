"""The customers' API. Views parse, call, answer."""

import hashlib
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponseBase
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import GenericViewSet

from orders import addresses, idempotency_key
from orders.api.authentication import ApiKeyAuthentication, HasScope, client_of
from orders.api.body import AlwaysJSON, BoundedJSONParser
from orders.api.conditional import unchanged
from orders.api.listing import page
from orders.api.problems import NoSuchOrder
from orders.api.serializers import CancelledSerializer, ListedOrderSerializer, OrderSerializer, OwnOrderSerializer
from orders.api.throttles import OrderRate
from orders.api.throttles import headers as rate_headers
from orders.carriers import carriers
from orders.errors import NotAccepted, UnknownProducts, Unreadable
from orders.lifecycle import cancel_order
from orders.models import Order
from orders.models.api_key import Scope
from orders.numbers import read_typed
from orders.outbox.background import dispatch
from orders.placing import place_once, place_order, placed_before
from orders.rates import Used, give_back
from orders.wanted import read_wanted, unknown_products


class OrderViewSet(GenericViewSet[Order]):
    """POST /order places an order, GET /order lists a client's own.

    GET /order/<order_num> tells how far it is, POST /order/<order_num>/cancel stops it.
    """

    queryset = Order.objects.all()
    http_method_names = ["get", "head", "post", "options"]
    parser_classes = [BoundedJSONParser]
    content_negotiation_class = AlwaysJSON
    lookup_field = "number"
    lookup_value_regex = "[^/]+"
    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope]
    used: Used | None = None  # of the rate, by this request
    with_key_alone = {"list"}
    scopes = {"create": Scope.WRITE, "list": Scope.READ, "retrieve": Scope.READ, "cancel": Scope.CANCEL}

    def get_throttles(self) -> list[BaseThrottle]:
        return [OrderRate()] if settings.ORDER_RATE and self.action == "create" else []

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if settings.ORDER_RATE and self.action == "create":
            for name, value in rate_headers(self.used).items():
                response[name] = value
        return response

    def options(self, request: HttpRequest, *args: Any, **named: Any) -> Response:
        return Response(status=status.HTTP_204_NO_CONTENT)  # `Allow` says it: REST framework sets it.

    def key(self, request: Request) -> str | None:
        """The request's idempotency key as it is stored, if it has one. Raises BadKey and GuessableKey."""
        header = request.META.get("HTTP_IDEMPOTENCY_KEY")
        return None if header is None else idempotency_key.of_header(header, client_of(request))

    def create(self, request: Request) -> Response:
        key = self.key(request)
        if request.stream is None:
            raise Unreadable("The body is empty; a JSON object is expected.")
        data: Any = request.data  # An object: BoundedJSONParser returns nothing else.
        order, replayed = _place(key, data, client_of(request))
        answer = _placed(order, request, replayed)
        if not replayed:
            dispatch(order.pk)
        elif self.used:  # Its first request was still running when this one was counted.
            give_back(self.used)
        return answer

    def list(self, request: Request) -> Response:
        """GET /order: the client's own orders, the newest first."""
        found = page(client_of(request), request.query_params)
        answer = {"orders": ListedOrderSerializer(found.orders, many=True).data, "next_cursor": found.cursor}
        return Response(answer, headers={"Cache-Control": "private, no-store", "Vary": "Authorization"})

    def retrieve(self, request: Request, number: str) -> HttpResponseBase:
        order = self.seen(number)
        prefetch_related_objects([order], "steps")
        own = order.client != "" and order.client == client_of(request)
        tag = etag(order, own)
        response = unchanged(request, tag) or Response(_shown(order, own))
        response["ETag"], response["Cache-Control"], response["Vary"] = tag, "private, no-cache", "Authorization"
        return response

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, number: str) -> Response:
        """POST /order/<order_num>/cancel; a client's own orders, and guests' where the shop lets guests do it."""
        order, client = self.seen(number), client_of(request)
        if order.client != client:
            raise NoSuchOrder if client else NotAuthenticated("This order needs the API key of who placed it.")
        # A repeat gets its first answer, though its own first time has changed the order.
        if order.status != Order.Status.CANCELLED:
            unchanged(request, etag(order, own=bool(client)))
        cancel_order(order.pk, by=f"API: {client or 'guest'}")
        order.refresh_from_db(fields=["status", "cancelled_at"])
        return Response(CancelledSerializer(order).data, headers={"Cache-Control": "no-store"})

    def seen(self, number: str) -> Order:
        """The order of this number as far as who asks may see it. Raises NoSuchOrder.

        A client sees its own orders and guests', anybody without a key those whose number they hold. A malformed number
        and another client's cost the same look-up as an unknown one: the answer's time tells nothing.
        """
        orders = Order.objects.filter(number=read_typed(number) or "")
        if client := client_of(self.request):
            orders = orders.filter(client__in=["", client])
        order = orders.first()
        if order is None:
            raise NoSuchOrder
        return order


def _place(key: str | None, data: Any, client: str) -> tuple[Order, bool]:
    """Places the order unless this key did so before; True with it if it did."""
    try:
        wanted = vars(read_wanted(data, settings.ORDER_REQUIRES)) | {"client": client}
    except NotAccepted:
        # What the shop insists on may have changed since the first answer.
        if key and (order := placed_before(key, idempotency_key.fingerprint(data))):
            return order, True
        raise
    try:
        if key is None:
            return place_order(**wanted), False
        return place_once(key, idempotency_key.fingerprint(data), **wanted)
    except UnknownProducts as error:
        raise unknown_products(data, error.products) from error


def _shown(order: Order, own: bool) -> Any:
    """By its number alone an order shows no personal data: the number travels in the parcel."""
    return (OwnOrderSerializer if own else OrderSerializer)(order).data


def _placed(order: Order, request: Request, replayed: bool) -> Response:
    """The answer to a placed order: a replay gets the first one again, whatever became of the order since."""
    url = addresses.order(order.number, request._request)
    answer = {"order_num": order.number, "status": Order.Status.RECEIVED, "url": url}
    headers = {"Location": url, "Cache-Control": "no-store"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(answer, status.HTTP_201_CREATED, headers=headers)


def etag(order: Order, own: bool = False) -> str:
    """Of all that can change about an order: its lines never do. (No Last-Modified: a second is too coarse.)"""
    parts: list[object] = [order.status, order.settled_at, order.packed_at, order.shipped_at, order.cancelled_at]
    if own:  # Who erases the person of an order changes these.
        parts += ["own", order.reference, order.customer_name, order.email, order.note, order.shipping]
    if order.shipment_changes:  # It counts for the parcels, so that a 304 need not read them.
        parts += [order.shipment_changes, carriers()]
    parts += [(step.name, step.state, step.finished_at) for step in order.steps.all()]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
