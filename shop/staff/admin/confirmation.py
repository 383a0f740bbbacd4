"""Asks before an action does what can't be undone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme

from orders.request import text_fault, tidy

MOST_ITEMS = 30
LONGEST_REASON = 200  # characters
NO_REASON = "Please say why: who looks at it later will want to know."


@dataclass(frozen=True)
class Question:
    """`sentence` says what will happen; `items` are (what, what to know about it) pairs.

    `why` is the label of the field for a reason, if it asks for one: without it nothing is done.
    """

    title: str
    sentence: str
    yes: str
    items: Iterable[tuple[object, str]] = field(default=())
    more: int = 0
    why: str = ""


def confirmed(request: HttpRequest) -> bool:
    return request.POST.get("confirmed") == "yes"


def reason(request: HttpRequest) -> str:
    """What was typed as the reason."""
    return tidy(request.POST.get("reason", ""))


def reason_fault(text: str) -> str:
    """What is wrong with it, in a sentence; "" if nothing."""
    if not text:
        return NO_REASON
    if len(text) > LONGEST_REASON:
        return f"Please use {LONGEST_REASON} characters at most; these are {len(text)}."
    return str(text_fault(text) or "")


def confirmed_with_reason(request: HttpRequest) -> bool:
    return confirmed(request) and not reason_fault(reason(request))


def ask(request: HttpRequest, model_admin: ModelAdmin, question: Question) -> HttpResponse:
    """The page that repeats the action's request with a yes, or goes back."""
    names = [name for name in request.POST if name not in ("csrfmiddlewaretoken", "confirmed", "index", "reason")]
    hidden = [(name, value) for name in names for value in request.POST.getlist(name)]
    return page(
        request,
        question,
        model_admin.opts,
        back=back(request),
        hidden=hidden,
        reason=reason(request),
        fault=reason_fault(reason(request)) if question.why and confirmed(request) else "",
        longest=LONGEST_REASON,
    )


def page(request: HttpRequest, question: Question, opts: Any, *, back: str, **more: Any) -> HttpResponse:
    """The page itself, below the heading of a model's `opts`. Its no leads to `back`."""
    context = {**admin.site.each_context(request), "title": question.title, "question": question, "opts": opts}
    return TemplateResponse(request, "staff/confirm.html", {**context, "back": back, **more})


def back(request: HttpRequest, given: str = "") -> str:
    """The page the action was started from, if it is one of the desk's; by default the list."""
    wanted = given or request.POST.get("back", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, None) else request.get_full_path()


def go_back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(back(request))


def counted(number: int, noun: str) -> str:
    """ "1 order", "2 orders" """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
