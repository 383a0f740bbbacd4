"""Every answer carries a Request-Id: orders/request_id.py. A middleware, outside of all others."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from orders.request_id import HEADER, begin

Handler = Callable[[HttpRequest], HttpResponseBase]


def request_ids(get_response: Handler) -> Handler:
    """The id stays the thread's until its next request: what Django logs about the answer afterwards has it, too."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request_id = begin(request.META.get("HTTP_REQUEST_ID", ""), request.META.get("HTTP_TRACEPARENT", ""))
        response = get_response(request)
        response.headers[HEADER] = request_id
        return response

    return middleware
