"""Pauses and resumes destinations from the admin, and says what happens then: a pause and an open breaker both hold."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders.models import Destination, Step
from orders.step_names import names_of
from orders.steps import circuit_breaker, destinations
from shop.staff import held
from shop.staff.admin.confirmation import go_back

Answer = tuple[int, str]  # the message's level, and what it says


def each(
    model_admin: Any, request: HttpRequest, rows: QuerySet[Destination], act: Callable[[str, str], Answer]
) -> HttpResponse:
    """Does it to each destination: `act` takes its name and who does it."""
    for row in rows:
        level, text = act(row.name, request.user.get_username())
        model_admin.message_user(request, text, level)
    return go_back(request)


def pause(name: str, by: str) -> Answer:
    if not destinations.pause(name, by=by):
        return messages.INFO, f"{held.why(Destination.objects.get(name=name))} already."
    running = Step.objects.filter(name__in=names_of(name), state=Step.State.RUNNING).count()
    ending = " 1 step that runs now comes to its end." if running == 1 else ""
    ending = f" {running} steps that run now come to their end." if running > 1 else ending
    return messages.SUCCESS, f"{name} is paused; steps held for it: {destinations.held_steps(name).count()}.{ending}"


def resume(name: str, by: str) -> Answer:
    if not destinations.resume(name, by=by):
        return messages.INFO, f"{name} was not paused."
    return _after(name, f"{name} goes on", f"{name} is not paused any more")


def close_breaker(name: str, by: str) -> Answer:
    if not circuit_breaker.close(name, by=by):
        return messages.INFO, f"{name}: the breaker was closed before."
    return _after(name, f"{name}: the breaker is closed", f"{name}: the breaker is closed")


def _after(name: str, free: str, still_held: str) -> Answer:
    """What follows when one of the two things that hold steps is gone: the other may still hold them."""
    waiting = destinations.held_steps(name).count()
    if why := held.why(Destination.objects.get(name=name)):
        return messages.WARNING, f"{still_held}, but its steps are still held ({waiting}): {why}."
    return messages.SUCCESS, f"{free}; steps that waited for it: {waiting}."
