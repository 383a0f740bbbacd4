"""The page for customers that tells how far their order is: /track/<number>, in the shop's name and language.

Whoever holds the number may see it, and the number travels in the parcel: so it shows no personal data, and tells
search engines and other sites nothing (noindex, no-referrer).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import pgettext

from orders.api.problems import later
from orders.api.reading import only_read
from orders.database import outage
from orders.models import Order
from orders.numbers import read_typed

PLACE = "/track/"
Status = Order.Status
WAY = [Status.RECEIVED, Status.PROCESSED, Status.PACKED, Status.SHIPPED]
# No script at all, no form, no frame; one style sheet of the desk's own.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Milestone:
    """A status on the order's way. `at` is None where nobody knows when, or it is still to come."""

    name: str
    at: datetime | None
    reached: bool
    now: bool = False


@only_read
def track(request: HttpRequest, number: str = "") -> HttpResponse:
    """`number` is the rest of the path, whatever stands there: who mistypes it is a person, too."""
    try:
        order = Order.objects.filter(number=read_typed(number.removesuffix("/")) or "").first()
        with _language():
            return _page(request, _shown(order)) if order else _no_such_order(request)
    except outage.AWAY as error:
        outage.tell(error, "requests are answered 503")
        return away(request)


def is_here(request: HttpRequest) -> bool:
    """Who asks for this page is a person, whatever the answer is."""
    return request.path_info.startswith(PLACE)


def away(request: HttpRequest, status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE) -> HttpResponse:
    """The same look, when the database does not answer or the desk fails: it is not asked for anything here."""
    with _language():
        shown = {
            "title": pgettext("tracking", "We can't look it up just now"),
            "sentence": pgettext("tracking", "Please try again in a few seconds."),
        }
        return later(_page(request, shown, status))


def _language() -> AbstractContextManager[None]:
    return translation.override(settings.SHOP_LANGUAGE)


def _shown(order: Order) -> dict[str, Any]:
    return {
        "title": pgettext("tracking", "Order %(number)s") % {"number": order.number},
        "sentence": _sentences()[order.status],
        "milestones": list(milestones(order)),
        "parcels": list(_parcels(order)),
    }


def milestones(order: Order) -> Iterator[Milestone]:
    """The order's way: what it has reached and what is still to come; a cancelled order has nothing to come."""
    packed_at: datetime | None = getattr(order, "packed_at", None)
    times = {
        Status.RECEIVED: order.created_at,
        Status.PROCESSED: order.settled_at,
        Status.PACKED: packed_at,
        Status.SHIPPED: getattr(order, "shipped_at", None),
    }
    if packed_at and order.settled_at and order.settled_at > packed_at:
        times[Status.PROCESSED] = None  # The warehouse waits for no other system; a customer need not see that.
    cancelled = order.status == Status.CANCELLED
    furthest = -1 if cancelled else WAY.index(Status(order.status))
    names = _names()
    for place, status in enumerate(WAY):
        reached = place <= furthest or (cancelled and bool(times[status]))
        if reached or not cancelled:
            yield Milestone(names[status], times[status] if reached else None, reached, place == furthest)
    if cancelled:
        yield Milestone(names[Status.CANCELLED], order.cancelled_at, reached=True, now=True)


def _parcels(order: Order) -> Iterator[dict[str, str]]:
    found: Any = getattr(order, "known_shipments", None)
    for parcel in order.shipments.all() if found is None else found:
        number = "" if parcel.is_erased else parcel.tracking_number
        yield {"carrier": parcel.carrier_name, "number": number, "url": parcel.tracking_url}


def _names() -> dict[str, str]:
    return {
        Status.RECEIVED: pgettext("tracking", "Received"),
        Status.PROCESSED: pgettext("tracking", "In preparation"),
        Status.PACKED: pgettext("tracking", "Packed"),
        Status.SHIPPED: pgettext("tracking", "Shipped"),
        Status.CANCELLED: pgettext("tracking", "Cancelled"),
    }


def _sentences() -> dict[str, str]:
    return {
        Status.RECEIVED: pgettext("tracking", "We have received your order."),
        Status.PROCESSED: pgettext("tracking", "We are preparing your order."),
        Status.PACKED: pgettext("tracking", "Your order is packed."),
        Status.SHIPPED: pgettext("tracking", "Your order is on its way."),
        Status.CANCELLED: pgettext("tracking", "This order was cancelled."),
    }


def _no_such_order(request: HttpRequest) -> HttpResponse:
    """The same for what can't be a number: the answer tells nothing."""
    shown = {
        "title": pgettext("tracking", "There is no such order"),
        "sentence": pgettext("tracking", "Please check the number, or ask the shop."),
    }
    return _page(request, shown, HTTPStatus.NOT_FOUND)


def _page(request: HttpRequest, shown: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    words = {
        "done": pgettext("tracking", "done"),
        "to_come": pgettext("tracking", "not yet"),
        "parcels": pgettext("tracking", "Parcels"),
        "parcel_number": pgettext("tracking", "Tracking number"),
    }
    context = shown | {"shop": settings.SHOP_NAME, "language": translation.get_language(), "words": words}
    response = render(request, "orders/track.html", context, status=status)
    for name, value in HEADERS.items():
        response[name] = value
    return response
