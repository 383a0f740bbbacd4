"""Errors of the API as problem details (orders/problem.py) over HTTP."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from orders.database import outage
from orders.database.outage import AWAY
from orders.errors import OrderError, WrongType
from orders.problem import MEDIA_TYPE, details, shape
from orders.request_id import current

log = logging.getLogger(__name__)


class NoSuchOrder(exceptions.NotFound):
    default_detail = "There is no order with this number."
    type = "no-such-order"


class NoSuchProduct(exceptions.NotFound):
    default_detail = "There is no product with this id on sale."
    type = "no-such-product"


class PreconditionFailed(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = "What is there now does not fit the request's If-Match."


class Refused(exceptions.APIException):
    """An order error as the customer is told: its own words and status."""

    def __init__(self, error: OrderError) -> None:
        super().__init__(str(error))
        self.error, self.status_code = error, error.status
        self.wait = getattr(error, "wait", None)


class DatabaseDown(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "Orders can't be read just now. Please try again in a few seconds."
    wait = 5  # seconds


class NotSaved(DatabaseDown):
    """No promise that nothing was stored: the connection may have gone while the database's "yes" was on its way."""

    default_detail = (
        "The order could not be confirmed just now; nothing is half-saved. Please send it again in a few seconds, "
        "with the same Idempotency-Key if it has one."
    )


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turns what a view raised into `application/problem+json`; None (a 500) for what nobody foresaw."""
    exc = _told(exc, context["request"].method)
    response = exception_handler(exc, context)
    if response is None:
        return None
    response.data = problem(response.status_code, exc) | _request()
    response.content_type = MEDIA_TYPE
    response["Cache-Control"] = "no-store"
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(wait)
    if challenge := getattr(exc, "challenge", None):
        response["WWW-Authenticate"] = challenge
    if isinstance(exc, DatabaseDown):
        be_quiet(response)
    return response


def _told(exc: Exception, method: str) -> Exception:
    """What the desk raised as the error the customer is told."""
    if isinstance(exc, OrderError):
        return Refused(exc)
    if isinstance(exc, exceptions.UnsupportedMediaType):  # Its own words quote the header, whatever stands there.
        return Refused(WrongType())
    if isinstance(exc, (*AWAY, IntegrityError)):
        outage.tell(exc, "requests are answered 503")
        return DatabaseDown() if method in ("GET", "HEAD") else NotSaved()
    return exc


_NAMES: dict[type[Exception], str] = {exceptions.ParseError: "unreadable"}


def problem(status: int, exc: Exception) -> dict[str, Any]:
    """The body of the answer."""
    if isinstance(exc, Refused):
        return details(exc.error)
    body = shape(status, getattr(exc, "type", _NAMES.get(type(exc), "")))
    if isinstance(exc, exceptions.Throttled):
        return body | {"detail": f"Too many orders at once. Please try again in {getattr(exc, 'wait', 0) or 1:.0f} s."}
    if isinstance(exc, Http404 | PermissionDenied):  # Django's own.
        return body
    return body | {"detail": str(getattr(exc, "detail", exc))}


def answer(status: HTTPStatus, detail: str, name: str = "") -> HttpResponse:
    """A problem outside of any view of the API, of the type `name`: what Django itself refuses."""
    body = shape(status, name) | {"detail": detail} | _request()
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _request() -> dict[str, str]:
    """What a customer can quote, and operators find in the log."""
    return {"request_id": current()}


def away(detail: str) -> HttpResponse:
    """503, outside of any view of the API: the database is away."""
    return later(answer(HTTPStatus.SERVICE_UNAVAILABLE, detail))


def later(response: HttpResponse) -> HttpResponse:
    """The same answer, which says when to come again; the log has its line about the outage already."""
    response["Retry-After"] = str(DatabaseDown.wait)
    be_quiet(response)
    return response


def be_quiet(response: HttpResponseBase) -> None:
    """Django would log each 503 as an error; an outage has its line already."""
    response._has_been_logged = True  # type: ignore[attr-defined]
