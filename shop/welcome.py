"""The desk's address itself: a page for people with the way to admin, API and docs; the same as JSON for programs."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from orders.addresses import public
from orders.api.reading import only_read


def wants_a_page(request: HttpRequest) -> bool:
    """A browser says that it would rather have HTML; programs say nothing, or anything.

    At parameters that can't be read (RFC 2231) Django fails.
    """
    try:
        return request.get_preferred_type(["application/json", "text/html"]) == "text/html"
    except (ValueError, TypeError, LookupError):
        return False


def page(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK, trouble: str = "") -> HttpResponse:
    """For people: what this is, and what is where."""
    shown = {"shop": settings.SHOP_NAME, "trouble": trouble, "place": public("/order", request)}
    return render(request, "welcome.html", shown, status=status)


@only_read
def welcome(request: HttpRequest) -> HttpResponse:
    if wants_a_page(request):
        response = page(request)
    else:
        places = {
            "order": "/order",
            "health": "/health/ready",
            "docs": "/docs/api.md",
            "schema": "/openapi.json",
            "admin": "/admin/",
        }
        urls = {name: public(path, request) for name, path in places.items()}
        response = JsonResponse({"name": settings.SHOP_NAME, **urls})
    response["Vary"] = "Accept"
    return response
