"""What staff see instead of a page: refused, not there, broken. Each says what to do, in the desk's clothes."""

from http import HTTPStatus

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from orders.api.problems import later
from shop.staff.logon import LOCKED
from shop.staff.pack import kept


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Their role does not have it."""
    sentence = (
        f"Your account, {request.user.get_username()}, may not do this. If you need to, ask somebody of operations."
    )
    return _page(request, HTTPStatus.FORBIDDEN, "Not for you", sentence)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django found no proof that the form came from a page of ours (CSRF). A scan goes back into its field."""
    if kept.is_here(request):
        return kept.back_into_the_field(request)
    sentence = (
        "This page was open for too long, or you logged on again meanwhile: nothing was changed. "
        "Go back, load the page again and repeat what you did. Your browser must accept the desk's cookies."
    )
    return _page(request, HTTPStatus.FORBIDDEN, "Please try that again", sentence)


def locked(request: HttpRequest) -> TemplateResponse:
    """The old password was guessed too often, where one changes it."""
    return _page(request, HTTPStatus.TOO_MANY_REQUESTS, "Please wait", LOCKED)


def not_understood(request: HttpRequest) -> HttpResponse:
    """Its address, or what was sent to it, has what no page of ours makes."""
    sentence = "This address, or the form that was sent to it, can't be understood. Nothing was changed."
    return _page(request, HTTPStatus.BAD_REQUEST, "That did not work", sentence)


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = "There is no such page. Perhaps what it showed was deleted, or the address is mistyped."
    return _page(request, HTTPStatus.NOT_FOUND, "Nothing here", sentence)


def broken(request: HttpRequest) -> HttpResponse:
    """Nothing is asked of the database here: it may be what is broken."""
    return HttpResponse(render_to_string("staff/broken.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def away(request: HttpRequest) -> HttpResponse:
    """The database does not answer just now, so it is not asked for anything here."""
    return later(HttpResponse(render_to_string("staff/away.html"), status=HTTPStatus.SERVICE_UNAVAILABLE))


def _page(request: HttpRequest, status: HTTPStatus, title: str, sentence: str) -> TemplateResponse:
    context = admin.site.each_context(request) | {"title": title, "sentence": sentence}
    page = TemplateResponse(request, "staff/error.html", context, status=status)
    page.render()
    return page
