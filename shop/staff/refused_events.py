"""Events that the broker refused for good: shows them, and has them published again once somebody says yes."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from orders.events import history
from orders.models import Order
from shop.staff.admin.confirmation import MOST_ITEMS, Question, confirmed, counted, page
from shop.staff.needs.destinations import clock_time
from shop.staff.needs.messages import PUBLISH

AT_ONCE = 1000  # events a press
TITLE = "Publish refused events again?"
NONE = "No event was refused."


def publishing_again(request: HttpRequest) -> HttpResponse:
    """Does it once it is confirmed."""
    count = history.how_many_refused()
    if count and not (request.method == "POST" and confirmed(request)):
        return _ask(request, count)
    again = history.reopen_oldest(AT_ONCE, by=request.user.get_username()) if count else 0
    if again:
        messages.success(request, f"{counted(again, 'event')} will be published again, within some seconds.")
    else:
        messages.info(request, NONE)
    return HttpResponseRedirect(reverse("admin:index"))


publish_again = admin.site.admin_view(permission_required(PUBLISH, raise_exception=True)(publishing_again))


def _ask(request: HttpRequest, count: int) -> HttpResponse:
    question = Question(
        title=TITLE,
        sentence=_said(count),
        yes=f"Yes, publish {counted(min(count, AT_ONCE), 'event')} again",
        items=[
            (event, f"{event.type} {event.step}".strip() + f", {clock_time(event.at)}")
            for event in history.refused().select_related("order")[:MOST_ITEMS]
        ],
        more=max(count - MOST_ITEMS, 0),
    )
    return page(request, question, Order._meta, back=reverse("admin:index"))


def _said(count: int) -> str:
    """What happened, what to do first, and what then becomes of them."""
    first = f" The oldest {AT_ONCE:,} go first; press again for the next." if count > AT_ONCE else ""
    return (
        "The broker refused these events three times: a queue that is bound to orders.events was full. Make room there "
        "first, or they are refused again. Every program that follows gets them, an order’s in sequence, but after its "
        f"later events that went out meanwhile: who keeps the last sequence drops them.{first}"
    )
