"""Pauses and resumes destinations from the admin, and says beforehand and afterwards what happens.

A pause and an open breaker both hold. A pause wants a reason; what is done to several destinations asks first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders.models import Destination, Step
from orders.step_names import names_of
from orders.steps import circuit_breaker, destinations
from shop.staff import held
from shop.staff.admin.confirmation import Question, ask, confirmed, confirmed_with_reason, counted, go_back, reason

Answer = tuple[int, str]  # the message's level, and what it says
Act = Callable[[str, str], Answer]  # takes the destination's name and who does it


@dataclass(frozen=True)
class Release:
    """What lets steps go on: how it is called, for which rows it does something, and what it leaves in place."""

    verb: str
    act: Act
    fits: Callable[[Destination], bool]
    after: Callable[[Destination], Destination]


def each(model_admin: Any, request: HttpRequest, rows: QuerySet[Destination], act: Act) -> HttpResponse:
    for row in rows:
        level, text = act(row.name, request.user.get_username())
        model_admin.message_user(request, text, level)
    return go_back(request)


def ask_to_pause(model_admin: Any, request: HttpRequest, rows: QuerySet[Destination]) -> HttpResponse:
    """Asks why, and says how many steps will wait; those that are paused already say so at once."""
    if rows.filter(paused=False).exists() and not confirmed_with_reason(request):
        return ask(request, model_admin, pausing(list(rows.filter(paused=False))))
    why = reason(request)
    return each(model_admin, request, rows, lambda name, by: pause(name, by, why))


def pausing(rows: list[Destination]) -> Question:
    names = ", ".join(row.name for row in rows)
    return Question(
        title=f"Pause {names}?",
        sentence="Steps wait until somebody resumes it; nothing is lost. Orders come in as before.",
        yes=f"Pause {names}",
        items=[(row.name, waiting(row)) for row in rows],
        why="Why? Everybody who meets the pause reads it.",
    )


def waiting(row: Destination) -> str:
    steps = counted(destinations.held_steps(row.name).count(), "open step")
    if why := held.why(row):
        return f"{steps}: held already, since {why}."
    return f"{steps} will be held from now on.{_ending(row.name)}"


def several(model_admin: Any, request: HttpRequest, rows: QuerySet[Destination], release: Release) -> HttpResponse:
    """One destination at once; several after a question that says how many steps go on, and how many stay held."""
    fitting = [row for row in rows if release.fits(row)]
    if len(fitting) > 1 and not confirmed(request):
        return ask(request, model_admin, releasing(fitting, release))
    return each(model_admin, request, rows, release.act)


def releasing(rows: list[Destination], release: Release) -> Question:
    deed = f"{release.verb} {counted(len(rows), 'destination')}"
    return Question(
        title=f"{deed}?",
        sentence="What waited for them is tried, a few at a time:",
        yes=f"Yes, {deed[0].lower()}{deed[1:]}",
        items=[(row.name, " ".join(going_on(row, release))) for row in rows],
    )


def going_on(row: Destination, release: Release) -> Iterator[str]:
    steps = destinations.held_steps(row.name).count()
    why = held.why(release.after(row))
    yield f"Still held: {steps}, since {why}." if why else f"Tried now: {steps}."


def pause(name: str, by: str, why: str) -> Answer:
    if not destinations.pause(name, by=by, reason=why):
        return messages.INFO, f"{held.stopped(Destination.objects.get(name=name))} already."
    count = destinations.held_steps(name).count()
    return messages.SUCCESS, f"{name} is paused; steps held for it: {count}.{_ending(name)}"


def _ending(name: str) -> str:
    """What becomes of the steps that run now."""
    running = Step.objects.filter(name__in=names_of(name), state=Step.State.RUNNING).count()
    if running == 1:
        return " 1 step that runs now comes to its end."
    return f" {running} steps that run now come to their end." if running else ""


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


RESUMING = Release(
    "Resume", resume, lambda row: row.paused, lambda row: Destination(name=row.name, open_until=row.open_until)
)
CLOSING = Release(
    "Close the breaker of",
    close_breaker,
    lambda row: row.open_until is not None,
    lambda row: Destination(name=row.name, paused=row.paused, paused_by=row.paused_by, pause_reason=row.pause_reason),
)
