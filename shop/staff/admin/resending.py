"""Sends steps again from the admin: the count first, then the question, then the deed."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders.models import Step
from orders.steps import transitions
from shop.staff.admin.badges import in_words
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back

RESEND = "Each is tried at once, with a fresh schedule. What is already done is not repeated."


def resend(model_admin: Any, request: HttpRequest, steps: QuerySet[Step]) -> HttpResponse:
    """Asks, and sends `steps` again once confirmed. Done steps and those of cancelled orders are left alone."""
    chosen = transitions.resendable(steps)
    count = chosen.count()
    if not count:
        model_admin.message_user(request, "None of these steps is waiting or parked.", messages.INFO)
        return go_back(request)
    if not confirmed(request):
        return ask(request, model_admin, question(chosen, count, f"Send {counted(count, 'step')} again", RESEND))
    sent = transitions.resend(chosen, by=request.user.get_username())
    model_admin.message_user(request, f"{counted(sent, 'step')} will be sent again at once.", messages.SUCCESS)
    return go_back(request)


def mark_done(model_admin: Any, request: HttpRequest, steps: QuerySet[Step]) -> HttpResponse:
    """Asks, and marks parked steps as done: somebody did at the destination what the desk could not."""
    chosen = Step.objects.filter(pk__in=steps.order_by().values("pk"), state=Step.State.PARKED)
    count = chosen.count()
    if not count:
        model_admin.message_user(request, "None of these steps is parked.", messages.INFO)
        return go_back(request)
    if not confirmed(request):
        sentence = "The desk will not do them any more. Say yes only if somebody has seen to each of them."
        deed = f"Mark {counted(count, 'step')} as done by hand"
        return ask(request, model_admin, question(chosen, count, deed, sentence))
    done = transitions.done_by_hand(chosen, by=request.user.get_username())
    model_admin.message_user(request, f"{counted(done, 'step')} marked as done by hand.", messages.SUCCESS)
    return go_back(request)


def question(steps: QuerySet[Step], count: int, deed: str, sentence: str) -> Question:
    shown = steps.select_related("order").order_by("id")[:MOST_ITEMS]
    return Question(
        title=f"{deed}?",
        sentence=sentence,
        yes=f"Yes, {deed[0].lower()}{deed[1:]}",
        items=[(step.order.number, in_words(step)) for step in shown],
        more=max(0, count - MOST_ITEMS),
    )
