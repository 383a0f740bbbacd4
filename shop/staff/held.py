"""Why steps are held, in words: the database is a copy, their destination is paused, or its circuit breaker is open."""

from collections import Counter

from django.conf import settings
from django.utils import timezone
from django.utils.formats import localize

from orders.models import Destination, Step
from orders.step_names import destination_of
from orders.steps import why_held

# The line above every page says how the database is marked.
COPY = "the database is not marked as this desk’s own, and nothing goes out until somebody adopts it"


def why(destination: Destination) -> str:
    """`stopped`, or that the database is a copy: there every step is held, whatever its destination."""
    return COPY if why_held() else stopped(destination)


def stopped(destination: Destination) -> str:
    """ "sap is paused by olga (“upgrade”)", "sap’s circuit breaker is open: it tries one step at 14:10", or nothing."""
    if destination.paused:
        because = f" (“{destination.pause_reason}”)" if destination.pause_reason else ""
        return f"{destination.name} is paused by {destination.paused_by or 'staff'}{because}"
    if not destination.open_until:
        return ""
    if destination.probe_id:
        return f"{destination.name}’s circuit breaker is open: one step is trying"
    at = localize(timezone.localtime(destination.open_until))
    return f"{destination.name}’s circuit breaker is open: it tries one step at {at}"


def why_all() -> dict[str, str]:
    """Why, by name, of all destinations whose steps are held now: in a copy that is each of the shop's."""
    return dict.fromkeys(map(destination_of, settings.STEP_TASKS), COPY) if why_held() else all_stopped()


def all_stopped() -> dict[str, str]:
    """The same of those that are paused or have an open breaker, whosever the database is."""
    return {found.name: stopped(found) for found in Destination.objects.all() if found.holds_steps}


def why_step(step: Step) -> str:
    """Why a step from `destinations.with_hold` is held; empty if it is not."""
    if step.state not in (Step.State.QUEUED, Step.State.WAITING):
        return ""
    if getattr(step, "held_as_copy", False):
        return COPY
    name = destination_of(step.name)
    paused_by, open_until = getattr(step, "held_by", None), getattr(step, "held_until", None)
    if paused_by is not None:
        because = getattr(step, "held_because", None) or ""
        return stopped(Destination(name=name, paused=True, paused_by=paused_by, pause_reason=because))
    return stopped(Destination(name=name, open_until=open_until)) if open_until else ""


def split(names: Counter[str]) -> tuple[int, dict[str, int]]:
    """Of so many steps by name: how many are free to run, and how many are held by which sentence."""
    reasons = why_all()
    held: Counter[str] = Counter()
    for name, count in names.items():
        held[reasons.get(destination_of(name), "")] += count
    free = held.pop("", 0)
    return free, dict(held)
