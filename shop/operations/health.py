"""Is the web process alive, and can it take orders? For load balancers and monitors.

A middleware, and the first one: a probe comes over plain HTTP and with an address for a Host header, which the
others would redirect or refuse.
"""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from orders.api.reading import only_read
from orders.database import outage
from orders.database.patience import NoAnswer, Together, bounded
from orders.database.vendor import can_write
from orders.messaging.periodic import SWEEP, Condition
from orders.outbox import background
from shop.operations import migrated
from shop.operations.metrics.view import may_read, metrics

log = logging.getLogger(__name__)

QUIET = 60.0  # seconds
PATIENCE = 0.5  # seconds: a request may have waited for a thread before, and two seconds is all a monitor has

Handler = Callable[[HttpRequest], HttpResponseBase]


def health(get_response: Handler) -> Handler:
    """GET /health: the process answers. GET /health/ready: its database can take orders, too (else 503).

    GET /metrics with the token tells Prometheus how the desk does; without it there is no such address.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        view = PROBES.get(request.path_info, get_response)
        if view is metrics and not may_read(request):
            view = get_response
        return view(request)

    return middleware


@only_read
def alive(request: HttpRequest) -> HttpResponse:
    return _answer(HTTPStatus.OK, "ok")


@only_read
def ready(request: HttpRequest) -> HttpResponse:
    """The broker is not asked: orders are taken without it. What this process last heard of it is told all the same."""
    try:
        with bounded(Together(PATIENCE)):
            if trouble := _trouble():
                return _answer(HTTPStatus.SERVICE_UNAVAILABLE, trouble)
            sweeper = Condition.of(SWEEP)
    except outage.ANY as error:
        if not isinstance(error.__cause__, NoAnswer):  # One that is slow is still the same.
            migrated.forget()
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE, f"The database does not answer ({type(error).__name__}).")
    _tell(sweeper.trouble)
    broker = background.trouble() or "ok"
    return _answer(HTTPStatus.OK, "ok", sweeper=sweeper.trouble or "ok", broker=broker)


def _trouble() -> str:
    """Why the database can't take orders."""
    with connection.cursor() as cursor:
        writable = can_write(cursor)
    if writable:
        return migrated.trouble()
    connection.close()  # After a failover a new one leads to the new primary.
    return "The database is read-only."


PROBES = {"/health": alive, "/health/ready": ready, "/metrics": metrics}


def _tell(trouble: str, last: list[float] = [-QUIET]) -> None:  # noqa: B006 - kept between calls
    """One line a minute, however often a monitor asks."""
    if trouble and time.monotonic() - last[0] >= QUIET:
        last[0] = time.monotonic()
        log.warning("sweeper: %s", trouble)


def _answer(status: HTTPStatus, text: str, **more: str) -> HttpResponse:
    return JsonResponse({"status": text} | more, status=status, headers={"Cache-Control": "no-store"})
