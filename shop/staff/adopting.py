"""Adopts a copy: says what goes out and where to, and asks, before it marks the database as this desk's."""

from collections.abc import Iterator

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from orders.models import Destination
from orders.steps import instance
from orders.steps.backlog import Backlog, backlogs
from printing.models import Printer
from shop.staff.admin.confirmation import Question, confirmed, counted, page

OURS = "This database is this desk’s own: nothing is held because of its mark."
ADOPTED = "This database is this desk’s own now. What was held goes out."

TITLE = "Adopt this database?"


def adopting(request: HttpRequest) -> HttpResponse:
    """Does it once it is confirmed; a database that is ours already is left as it is."""
    held = instance.why_held()
    if held and not (request.method == "POST" and confirmed(request)):
        return _ask(request, held)
    done = bool(held) and instance.adopt(by=request.user.get_username())
    messages.success(request, ADOPTED) if done else messages.info(request, OURS)
    return HttpResponseRedirect(reverse("admin:index"))


adopt = admin.site.admin_view(permission_required("orders.change_destination", raise_exception=True)(adopting))


def _ask(request: HttpRequest, held: str) -> HttpResponse:
    question = Question(
        title=TITLE,
        sentence=f"{held} Adopt it only if no other desk works with the same orders: each of them would go out twice. "
        "All that is open goes out at once, to:",
        yes="Yes, adopt it and send all of it",
        items=list(goes_out()),
    )
    return page(request, question, Destination._meta, back=reverse("admin:index"))


def goes_out() -> Iterator[tuple[str, str]]:
    """How much waits for each destination, and the addresses of the printers that may get slips."""
    for line in backlogs(Backlog).values():
        yield line.name, f"{counted(line.open, 'step')} open"
    for printer in Printer.objects.filter(active=True):
        yield str(printer), printer.url
