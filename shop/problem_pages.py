"""A page for each kind of problem that the API tells: where its `type` leads. The database is not asked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from orders.api.reading import only_read
from orders.problem_types import TYPES

PUBLIC = "public, max-age=3600"


@only_read
def problems(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return _page(request, "problems.html", {"types": TYPES.values()})


@only_read
def problem(request: HttpRequest, name: str) -> HttpResponse:
    if name not in TYPES:
        raise Http404
    return _page(request, "problem.html", {"type": TYPES[name]})


def _page(request: HttpRequest, template: str, shown: dict[str, object]) -> HttpResponse:
    response = render(request, template, shown)
    response["Cache-Control"] = PUBLIC
    return response
