"""A form that is sent twice is one deed: a double click, a reload, a proxy that repeats; without scripts, too.

Each page that is shown has a token of its own against forgery (Django masks it anew each time). So a POST with the same
token and the same fields is the same press of the same button. The first that comes notes it, in a row among the
sessions: those are unique, and pruned when they have ended. What led nowhere (an error, a question, a form to correct)
was no deed: its row goes, and the repeat that waits for it becomes the first. A deed that answers with a page, not with
a redirect, marks it: `response.deed` is made by `deed`.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any

from django.contrib import messages
from django.contrib.sessions.models import Session
from django.core.files import File
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from orders.database.clock import from_now
from shop.staff.logged_out import page_of

AGAINST_FORGERY = "csrfmiddlewaretoken"
OF_A_PAGE = 64  # characters. That of the cookie, which programs send each time, has 32: it is of no page.
KEPT = timedelta(days=1)  # so long a page may stand open, and be sent once more
LONGEST = timedelta(minutes=5)  # nginx waits for an answer for a minute: what is still not done then has died
LOOKS, BETWEEN = 40, 0.05  # seconds: a second press waits two seconds for what the first leads to
MOST_OF_A_FILE = 9 * 1024 * 1024  # bytes: more nginx does not let in
TWICE = "This was sent twice; the second was not done again. What came of the first stands here."
RUNNING = "This was sent already, and is being done. Load the page again to see what came of it."

Came = dict[str, str]  # What came of a press: `there`, the page it led to, and what is said to a repeat.

logger = logging.getLogger(__name__)


def deed(there: str, said: str) -> Came:
    """The mark of an answer that is a page, and was a deed: a repeat is led there, and told so."""
    return {"there": there, "said": said}


def once(view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
    """The view's answer to a POST, given once; a repeat is led to where the first was."""
    if len(request.POST.get(AGAINST_FORGERY, "")) != OF_A_PAGE:
        return view(request, *args, **kwargs)
    key = pressed(request)
    came = _of_the_first(key)
    if came is not None:
        return _as_before(request, came)
    came = {}
    try:
        answer = view(request, *args, **kwargs)
        came = _came_of(answer)
    finally:
        _note(key, came)
    return answer


def pressed(request: HttpRequest) -> str:
    """What is the same for the same press alone: who, where, on which page, with what in the fields and files."""
    fields = sorted((name, request.POST.getlist(name)) for name in request.POST)
    files = sorted((name, [_content(file) for file in request.FILES.getlist(name)]) for name in request.FILES)
    said = repr((request.user.pk, request.get_full_path(), fields, files))
    return f"pressed-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _content(file: File) -> tuple[str, int, str]:
    file.seek(0)
    found = hashlib.sha256(file.read(MOST_OF_A_FILE)).hexdigest()
    file.seek(0)
    return str(file), file.size, found


def _of_the_first(key: str) -> Came | None:
    """What came of the first press, nothing if that is not known in time; None: this one is the first."""
    for _ in range(LOOKS):
        row = Session.objects.filter(pk=key).first()
        if _taken_over(row) if row else _begun(key):
            return None
        if row and (came := row.get_decoded()).get("there"):
            return came
        sleep(BETWEEN)
    return {}


def _begun(key: str) -> bool:
    """Whether there was no row yet: of several, one makes it."""
    try:
        with transaction.atomic():
            Session.objects.create(pk=key, session_data=Session.objects.encode({}), expire_date=from_now(KEPT))
    except IntegrityError:
        return False
    return True


def _taken_over(row: Session) -> bool:
    """Whether it was of a press that has died, and is this one's now: of several, one changes it."""
    if row.get_decoded().get("there"):
        return False
    dead = Session.objects.filter(
        pk=row.pk, session_data=row.session_data, expire_date=row.expire_date, expire_date__lt=from_now(KEPT - LONGEST)
    )
    return bool(dead.update(expire_date=from_now(KEPT)))


def _came_of(answer: Any) -> Came:
    if isinstance(answer, HttpResponseRedirect):
        return {"there": answer.url}
    found: Came = getattr(answer, "deed", {})
    return found


def _note(key: str, came: Came) -> None:
    """Without an error of its own: the view's answer, or its error, counts."""
    row = Session.objects.filter(pk=key)
    try:
        row.update(session_data=Session.objects.encode(came)) if came else row.delete()
    except DatabaseError:
        logger.warning("What came of a form that was sent could not be noted.", exc_info=True)


def _as_before(request: HttpRequest, came: Came) -> HttpResponse:
    """To where the first press led. If that is not known, back to the page, which says so."""
    if not came:
        messages.warning(request, RUNNING)
        return HttpResponseRedirect(page_of(request))
    messages.info(request, came.get("said", TWICE))
    return HttpResponseRedirect(came["there"])
