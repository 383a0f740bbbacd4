"""A form that is sent twice is one deed: a double click, a reload, a proxy that repeats; without scripts, too.

Each page that is shown has a token of its own against forgery (Django masks it anew each time). So a POST with the same
token and the same fields is the same press of the same button. The first that comes notes it, in a row among the
sessions: those are unique, and pruned when they have ended. What led nowhere (an error, a question, a form to correct)
was no deed.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any

from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from orders.database.clock import from_now
from shop.staff.logged_out import page_of

AGAINST_FORGERY = "csrfmiddlewaretoken"
OF_A_PAGE = 64  # characters. That of the cookie, which programs send each time, has 32: it is of no page.
KEPT = timedelta(days=1)  # so long a page may stand open, and be sent once more
LOOKS, BETWEEN = 40, 0.05  # seconds: a second press waits two seconds for what the first leads to
TWICE = "This was sent twice, and done once."
RUNNING = "This was sent already, and is being done. Load the page again to see what came of it."


def once(view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
    """The view's answer to a POST, given once; a repeat is led to where the first was."""
    if len(request.POST.get(AGAINST_FORGERY, "")) != OF_A_PAGE:
        return view(request, *args, **kwargs)
    key = pressed(request)
    row, is_first = Session.objects.get_or_create(
        session_key=key, defaults={"session_data": Session.objects.encode({}), "expire_date": from_now(KEPT)}
    )
    if not is_first:
        return _as_before(request, row)
    there = ""
    try:
        answer = view(request, *args, **kwargs)
        there = answer.url if isinstance(answer, HttpResponseRedirect) else ""
    finally:
        _note(key, there)
    return answer


def pressed(request: HttpRequest) -> str:
    """What is the same for the same press alone: who, where, on which page, with what in the fields and files."""
    fields = sorted((name, request.POST.getlist(name)) for name in request.POST)
    files = sorted((name, str(file), getattr(file, "size", None)) for name, file in request.FILES.items())
    said = repr((request.user.pk, request.get_full_path(), fields, files))
    return f"pressed-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _note(key: str, there: str) -> None:
    row = Session.objects.filter(session_key=key)
    row.update(session_data=Session.objects.encode({"there": there})) if there else row.delete()


def _as_before(request: HttpRequest, row: Session) -> HttpResponse:
    """To where the first press led. If that is not known in time, back to the page, which says so."""
    for _ in range(LOOKS):
        if there := row.get_decoded().get("there"):
            messages.info(request, TWICE)
            return HttpResponseRedirect(there)
        sleep(BETWEEN)
        row = Session.objects.filter(pk=row.pk).first() or row
    messages.warning(request, RUNNING)
    return HttpResponseRedirect(page_of(request))
