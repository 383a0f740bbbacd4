"""Is the web process alive, and can it take orders? For load balancers and monitors.

A middleware, and the first one: a probe comes over plain HTTP and with an address for a Host header, which the
others would redirect or refuse.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from orders.database import outage

Handler = Callable[[HttpRequest], HttpResponseBase]


def health(get_response: Handler) -> Handler:
    """GET /health: the process answers. GET /health/ready: its database answers, too (503 if not)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/health":
            return _answer(HTTPStatus.OK, "ok")
        if request.path_info == "/health/ready":
            return ready()
        return get_response(request)

    return middleware


def ready() -> HttpResponse:
    """The broker is not asked: orders are taken without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except outage.ANY as error:
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE, f"The database does not answer ({type(error).__name__}).")
    return _answer(HTTPStatus.OK, "ok")


def _answer(status: HTTPStatus, text: str) -> HttpResponse:
    return JsonResponse({"status": text}, status=status, headers={"Cache-Control": "no-store"})
