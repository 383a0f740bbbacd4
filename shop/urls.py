"""What is where: the API for customers, the admin for staff; and what Django itself answers for both."""

import sys
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from orders.api.problems import answer, away
from orders.database import outage
from shop.staff import error_pages

urlpatterns = [
    path("", include("orders.api.urls")),
    path("admin/", admin.site.urls),
]


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For example a Host header that SHOP_ALLOWED_HOSTS does not name."""
    return answer(HTTPStatus.BAD_REQUEST, "The request can't be understood.")


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For staff without the permission: the API answers its own customers."""
    return error_pages.refused(request)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_people(request):
        return error_pages.not_there(request)
    return answer(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def handler500(request: HttpRequest, *args: Any) -> HttpResponse:
    """Django calls it while it handles the error, whichever view or middleware raised it."""
    error = sys.exc_info()[1]
    if isinstance(error, outage.AWAY):
        outage.tell(error, "requests are answered 503")
        return away("The database does not answer just now. Please try again in a few seconds.")
    if _is_for_people(request):
        return error_pages.broken(request)
    return answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side; it is logged. Please try again later."
    )


def _is_for_people(request: HttpRequest) -> bool:
    """Staff get pages; programs get problem details."""
    return request.path.startswith("/admin/")
