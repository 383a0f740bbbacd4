"""Follows an order to its slip, and tells in words what keeps it from getting there."""

import time
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from orders.models import Destination, Order, Step
from shop.quickstart.processes import StartFailed

ENDED = (Step.State.DONE, Step.State.CANCELLED)


class NotDone(StartFailed):
    """An order whose steps are not all done: which ones, and why."""


def steps(number: str) -> list[Step]:
    """The order's steps, in the order they are listed in the settings; those of steps that are off now come last."""
    names = list(settings.STEP_TASKS)
    found = list(Step.objects.filter(order__number=number))
    return sorted(found, key=lambda step: names.index(step.name) if step.name in names else len(names))


def wait_for(number: str, *, until: float) -> list[Step]:
    """Waits until the order is settled or cancelled; `until` is a time of `time.monotonic`.

    Raises NotDone then, and at once when none of its open steps goes on before a person acts.
    """
    ended = Q(settled_at__isnull=False) | Q(status=Order.Status.CANCELLED)
    while not Order.objects.filter(ended, number=number).exists():
        unfinished = [step for step in steps(number) if step.state not in ENDED]
        if unfinished and all(needs_a_person(step) for step in unfinished):
            raise NotDone(f"{number} waits for a person: {'; '.join(map(told, unfinished))}")
        if time.monotonic() > until:
            raise NotDone(f"{number} is not done yet: {'; '.join(map(told, unfinished)) or 'not settled'}")
        time.sleep(0.1)
    return steps(number)


def destination_of(step: Step) -> Destination:
    """Its row, or one that says that nothing is wrong."""
    name = settings.STEP_QUEUES.get(step.name, step.name)
    return Destination.objects.filter(name=name).first() or Destination(name=name)


def needs_a_person(step: Step) -> bool:
    """It is parked, or held. A circuit breaker closes by itself, but in its own time."""
    waits = step.state in (Step.State.QUEUED, Step.State.WAITING)
    return step.state == Step.State.PARKED or (waits and destination_of(step).holds_steps)


def told(step: Step) -> str:
    """For example "sap is held: paused by admin"."""
    destination = destination_of(step)
    if step.state != Step.State.PARKED and destination.paused:
        because = f" (“{destination.pause_reason}”)" if destination.pause_reason else ""
        return f"{step.name} is held: paused by {destination.paused_by or 'staff'}{because}"
    if step.state != Step.State.PARKED and destination.holds_steps:
        return f"{step.name} is held: its circuit breaker is open ({destination.reason or 'too many failures'})"
    return f"{step.name} is {step.state}" + (f": {step.reason}" if step.reason else "")


def what_came_out(step: Step) -> str:
    """SAP's number, the event's id, the slip's path, or the job at a printer."""
    if step.state != Step.State.DONE:
        return told(step)
    if step.name != "printing" or not step.reference.endswith(".pdf"):
        return step.reference
    found = [path for path in settings.SPOOL_DIR.rglob(step.reference) if path.is_file()]
    return short(found[0]) if found else f"{step.reference} (no longer in {short(settings.SPOOL_DIR)}/)"


def short(path: Path) -> str:
    """Relative to the current folder where it is in it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
