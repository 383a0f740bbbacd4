"""Sends steps again from the admin: the count first, then the question, then the deed.

What is said beforehand and afterwards tells apart what goes now and what is held. A slip of which nobody knows whether
it was printed is left alone: it wants an answer, and until there is one it would only be parked again.
"""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders.models import Step
from orders.steps import destinations, transitions
from printing import STEP
from printing.models import PrintJob
from shop.staff import held
from shop.staff.admin.badges import in_words
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back

STOPPED = (Step.State.PARKED, Step.State.WAITING)  # Others are never sent again.
WANTS_AN_ANSWER = (
    "Left alone: {}, since nobody knows whether the slip was printed. Look for it, and answer with the buttons on the"
    " page of the order or its print job."
)


def can_be_sent(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Those of `steps` that sending again can help."""
    return without_question(transitions.resendable(steps))


def without_question(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Without those whose slip wants an answer from a person first."""
    asked = PrintJob.objects.filter(state=PrintJob.State.UNKNOWN).values("order")
    return steps.exclude(name=STEP, order__in=asked)


def resend(model_admin: Any, request: HttpRequest, steps: QuerySet[Step]) -> HttpResponse:
    """Asks, and sends `steps` again once confirmed. Done steps and those of cancelled orders are left alone."""
    stopped = transitions.resendable(steps)
    chosen = without_question(stopped)
    count, names = chosen.count(), Counter(chosen.order_by().values_list("name", flat=True))
    if confirmed(request) or not count:
        _tell_of_questions(model_admin, request, stopped.count() - count)
    if not count:
        model_admin.message_user(request, "None of these steps can be sent again.", messages.INFO)
        return go_back(request)
    if not confirmed(request):
        deed = f"Send {counted(count, 'step')} again"
        return ask(request, model_admin, question(chosen, count, deed, beforehand(names)))
    transitions.resend(chosen, by=request.user.get_username())
    free, waiting = held.split(names)
    if free:
        model_admin.message_user(request, f"{counted(free, 'step')} sent again: tried now.", messages.SUCCESS)
    for why, number in waiting.items():
        text = f"{counted(number, 'step')} sent again, but held: {why}."
        model_admin.message_user(request, text, messages.WARNING)
    return go_back(request)


def beforehand(names: Counter[str]) -> str:
    """What becomes of so many steps by name: how many are tried now, how many are held, and by what."""
    free, waiting = held.split(names)
    parts = [f"Tried now, on a fresh schedule: {free}."] if free else []
    parts += [f"Held until it goes on: {number}, since {why}." for why, number in waiting.items()]
    return " ".join([*parts, "What is already done is not repeated."])


def _tell_of_questions(model_admin: Any, request: HttpRequest, number: int) -> None:
    if number:
        text = WANTS_AN_ANSWER.format(counted(number, "step"))
        model_admin.message_user(request, text, messages.WARNING)


def mark_done(model_admin: Any, request: HttpRequest, steps: QuerySet[Step]) -> HttpResponse:
    """Asks, and marks parked steps as done: somebody did at the destination what the desk could not."""
    parked = Step.objects.filter(pk__in=steps.order_by().values("pk"), state=Step.State.PARKED)
    chosen = without_question(parked)
    count = chosen.count()
    if confirmed(request) or not count:
        _tell_of_questions(model_admin, request, parked.count() - count)
    if not count:
        model_admin.message_user(request, "None of these steps can be marked as done.", messages.INFO)
        return go_back(request)
    if not confirmed(request):
        sentence = "The desk will not do them any more. Say yes only if somebody has seen to each of them."
        deed = f"Mark {counted(count, 'step')} as done by hand"
        return ask(request, model_admin, question(chosen, count, deed, sentence))
    done = transitions.done_by_hand(chosen, by=request.user.get_username())
    model_admin.message_user(request, f"{counted(done, 'step')} marked as done by hand.", messages.SUCCESS)
    return go_back(request)


def question(steps: QuerySet[Step], count: int, deed: str, sentence: str) -> Question:
    shown = destinations.with_hold(steps.select_related("order")).order_by("id")[:MOST_ITEMS]
    return Question(
        title=f"{deed}?",
        sentence=sentence,
        yes=f"Yes, {deed[0].lower()}{deed[1:]}",
        items=[(step.order.number, in_words(step)) for step in shown],
        more=max(0, count - MOST_ITEMS),
    )
