"""Pages that are only read: another method than GET and HEAD is refused as the API refuses it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from orders.api.problems import answer

METHODS = "GET, HEAD, OPTIONS"


def only_read(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Nothing is changed by it, so that a forged request needs no refusal of its own (CSRF)."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **named)
        if request.method == "OPTIONS":
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        else:
            response = answer(
                HTTPStatus.METHOD_NOT_ALLOWED, "This address can only be read. Orders are placed by POST /order."
            )
        response["Allow"] = METHODS
        return response

    return csrf_exempt(answered)
