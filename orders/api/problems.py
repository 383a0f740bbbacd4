"""Errors of the API as problem details (RFC 9457)."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from orders.database import outage
from orders.database.outage import AWAY
from orders.errors import KeyReused, OrderError, StillRunning

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class BadKey(exceptions.APIException):
    status_code = HTTPStatus.BAD_REQUEST
    default_detail = "An Idempotency-Key has 1 to 255 visible ASCII characters, for example a UUID."


class BodyTooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is larger than 1 MB."


class NoSuchOrder(exceptions.NotFound):
    default_detail = "There is no order with this number."


class Refused(exceptions.APIException):
    """An order error as the customer is told: its own words, and the status that fits."""

    STATUS: ClassVar[dict[type[OrderError], HTTPStatus]] = {
        KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
        StillRunning: HTTPStatus.CONFLICT,
    }

    def __init__(self, error: OrderError) -> None:
        super().__init__(str(error))
        self.status_code = self.STATUS.get(type(error), HTTPStatus.CONFLICT)
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
    response.data = problem(response.status_code, exc)
    response.content_type = MEDIA_TYPE
    response["Cache-Control"] = "no-store"
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(wait)
    if isinstance(exc, DatabaseDown):
        be_quiet(response)
    return response


def _told(exc: Exception, method: str) -> Exception:
    """What the desk raised as the error the customer is told."""
    if isinstance(exc, OrderError):
        return Refused(exc)
    if isinstance(exc, (*AWAY, IntegrityError)):
        outage.tell(exc, "requests are answered 503")
        return DatabaseDown() if method in ("GET", "HEAD") else NotSaved()
    return exc


def problem(status: int, exc: Exception) -> dict[str, Any]:
    """The body: `title`, `status`, `detail`, and `errors` with one message per field and position."""
    body = shape(status)
    if isinstance(exc, exceptions.ValidationError):
        return body | {"detail": "The order was not accepted; see `errors`.", "errors": list(errors(exc.detail))}
    if isinstance(exc, exceptions.Throttled):
        return body | {"detail": f"Too many orders at once. Please try again in {getattr(exc, 'wait', 0) or 1:.0f} s."}
    if isinstance(exc, Http404 | PermissionDenied):
        return body
    return body | {"detail": str(getattr(exc, "detail", exc))}


def errors(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Each message with a JSON pointer to what it is about, as in RFC 9457, section 3."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from errors(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    else:
        yield from ({"pointer": pointer, "detail": str(message)} for message in detail)


def shape(status: int) -> dict[str, Any]:
    """What every problem has."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status)}


def answer(status: HTTPStatus, detail: str) -> HttpResponse:
    """A problem outside of any view of the API: what Django itself refuses."""
    body = shape(status) | {"detail": detail}
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def away(detail: str) -> HttpResponse:
    """503, outside of any view of the API: the database is away."""
    response = answer(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    response["Retry-After"] = str(DatabaseDown.wait)
    be_quiet(response)
    return response


def be_quiet(response: HttpResponseBase) -> None:
    """Django would log each 503 as an error; an outage has its line already."""
    response._has_been_logged = True  # type: ignore[attr-defined]
