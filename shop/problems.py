"""What Django itself refuses, told as the API tells its own errors; the admin keeps Django's pages."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from orders.api.problems import MEDIA_TYPE


def _answer(status: HTTPStatus, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For example a Host header that SHOP_ALLOWED_HOSTS does not name."""
    return _answer(HTTPStatus.BAD_REQUEST, "The request can't be understood.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/admin/"):
        return defaults.page_not_found(request, exception)
    return _answer(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    if request.path.startswith("/admin/"):
        return defaults.server_error(request)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side; it is logged. Please try again later."
    )
