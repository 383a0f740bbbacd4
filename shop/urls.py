"""What is where: the API for customers, the admin for staff; and what Django itself answers for both."""

import sys
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import include, path

from orders.api import tracking
from orders.api.problems import answer, away
from orders.api.reading import only_read
from orders.database import outage
from shop.api_pages import api_docs, schema, schema_page
from shop.problem_pages import problem, problems
from shop.staff import error_pages
from shop.welcome import page, wants_a_page, welcome

urlpatterns = [
    path("", welcome, name="welcome"),
    path("docs/api.md", api_docs, name="api-docs"),
    path("docs/api", schema_page, name="openapi-page"),
    path("openapi.json", schema, name="openapi"),
    path("track/", tracking.track),
    path("track/<path:number>", tracking.track, name="track"),
    path("problems/", problems, name="problems"),
    path("problems/<name>", problem, name="problem"),
    path("favicon.ico", only_read(lambda request: HttpResponseRedirect(static("welcome.svg")))),
    path("", include("orders.api.urls")),
    path("admin/", admin.site.urls),
    path("desk/", include("shop.staff.desk_urls")),
]


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        words = (
            "This desk is not reached by the name in the request's Host header; SHOP_ALLOWED_HOSTS names those it has."
        )
        return answer(HTTPStatus.BAD_REQUEST, words, "unknown-host")
    if _is_for_people(request):
        return error_pages.not_understood(request)
    return answer(HTTPStatus.BAD_REQUEST, "The request can't be understood.")


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For staff without the permission: the API answers its own customers."""
    return error_pages.refused(request)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_for_people(request):
        return error_pages.not_there(request)
    if wants_a_page(request):
        return page(request, HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    return answer(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def handler500(request: HttpRequest, *args: Any) -> HttpResponse:
    """Django calls it while it handles the error, whichever view or middleware raised it."""
    error = sys.exc_info()[1]
    if isinstance(error, outage.AWAY):
        outage.tell(error, "requests are answered 503")
        if _is_for_people(request):
            return error_pages.away(request)
        return away("The database does not answer just now. Please try again in a few seconds.")
    if tracking.is_here(request):
        return tracking.away(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    if _is_for_people(request):
        return error_pages.broken(request)
    return answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side; it is logged. Please try again later."
    )


def _is_for_people(request: HttpRequest) -> bool:
    """Staff get pages, wherever the desk is mounted; programs get problem details."""
    return request.path_info.startswith(("/admin/", "/desk/"))
