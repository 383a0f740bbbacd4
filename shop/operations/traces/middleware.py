"""Puts a span around the request that places an order, where traces are on."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from orders import request_id

Handler = Callable[[HttpRequest], HttpResponseBase]


def traces(get_response: Handler) -> Handler:
    """A request that came with a `traceparent` has a trace already: the order keeps that one."""
    if not settings.WATCHING.traces_url:
        raise MiddlewareNotUsed
    from shop.operations.traces.placing import placed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if places(request) and not request_id.trace():
            return placed(request, get_response)
        return get_response(request)

    return middleware


def places(request: HttpRequest) -> bool:
    return request.method == "POST" and request.path_info == "/order"
