"""Asks before an action does what can't be undone."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme

MOST_ITEMS = 30


@dataclass(frozen=True)
class Question:
    """`sentence` says what will happen; `items` are (what, what to know about it) pairs."""

    title: str
    sentence: str
    yes: str
    items: Iterable[tuple[object, str]] = field(default=())
    more: int = 0


def confirmed(request: HttpRequest) -> bool:
    return request.POST.get("confirmed") == "yes"


def ask(request: HttpRequest, model_admin: ModelAdmin, question: Question) -> HttpResponse:
    """The page that repeats the action's request with a yes, or goes back."""
    names = [name for name in request.POST if name not in ("csrfmiddlewaretoken", "confirmed", "index")]
    hidden = [(name, value) for name in names for value in request.POST.getlist(name)]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": question.title,
        "question": question,
        "opts": model_admin.opts,
        "hidden": hidden,
        "back": back(request),
    }
    return TemplateResponse(request, "staff/confirm.html", context)


def back(request: HttpRequest, given: str = "") -> str:
    """The page the action was started from, if it is one of the desk's; by default the list."""
    wanted = given or request.POST.get("back", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, None) else request.get_full_path()


def go_back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(back(request))


def counted(number: int, noun: str) -> str:
    """ "1 order", "2 orders" """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
