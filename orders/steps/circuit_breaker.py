"""A destination's circuit breaker: after repeated temporary failures its steps are held, and one probes now and then.

closed ──BREAKER_FAILURES in a row, or a refused logon──> open ──its delay is over──> half-open: one probe
   ^                                                        ^                               │      │
   │                                                        └──────────failed, twice the delay     │
   └─────────────────────────────────────────────────────────────────────────────────────────done──┘
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from orders.database.clock import beyond, from_now
from orders.models import Deed, Destination, Step
from orders.step_names import destination_of
from orders.steps import transitions

log = logging.getLogger(__name__)

LONGEST_DELAY = timedelta(minutes=10)
MOST_TRIPS = 30  # The delay has long reached LONGEST_DELAY by then.
CLOSED = {"failures": 0, "trips": 0, "open_until": None, "probe": None, "reason": ""}


def succeeded(step: Step) -> None:
    """The destination answered: its failures are forgotten, its circuit breaker closes."""
    if Destination.objects.filter(name=destination_of(step.name), failures__gt=0).update(**CLOSED):
        log.info("destination %s answers again", destination_of(step.name))


def failed(step: Step, reason: str, *, at_once: bool = False) -> None:
    """Counts a temporary failure; opens the circuit breaker when it was one too many, the probe, or `at_once`."""
    destination, _ = Destination.objects.select_for_update().get_or_create(name=destination_of(step.name))
    destination.failures = F("failures") + 1
    destination.save(update_fields=["failures"])
    destination.refresh_from_db()
    probed = destination.probe_id == step.pk
    already_open = destination.open_until is not None
    if already_open and not probed:
        return
    if at_once or probed or destination.failures >= settings.BREAKER_FAILURES:
        _open(destination, reason)


def _open(destination: Destination, reason: str) -> None:
    delay = min(settings.BREAKER_DELAY * 2**destination.trips, LONGEST_DELAY)
    destination.open_until = from_now(delay)
    destination.trips = min(destination.trips + 1, MOST_TRIPS)
    destination.probe = None
    destination.reason = reason[:500]
    destination.save(update_fields=["open_until", "trips", "probe", "reason"])
    log.warning("destination %s: circuit breaker open for %s (%s)", destination.name, delay, reason)


@transaction.atomic
def half_open(destination: Destination, due: QuerySet[Step]) -> dict[int, int]:
    """Once the delay is over, lets the first of the `due` steps through: the probe. Another follows if it is lost.

    Returns the id of its order by the step's own; empty if it is not time yet, or another worker was faster.
    """
    this = Destination.objects.filter(pk=destination.pk)
    over = Q(open_until__lte=from_now()) | Q(open_until__gt=beyond(max(LONGEST_DELAY, settings.STEP_LEASE)))
    if not this.filter(over).update(open_until=from_now(settings.STEP_LEASE)):
        return {}
    steps = transitions.requeue(due, at_most=1)
    this.update(probe=next(iter(steps), None))
    return steps


@transaction.atomic
def close(name: str, *, by: str) -> bool:
    """Lets all steps try again, without waiting for the probe; False if it was closed. A pause still holds them."""
    if not Destination.objects.filter(name=name, open_until__isnull=False).update(**CLOSED):
        return False
    Deed.remember(Deed.What.BREAKER_CLOSED, [Destination(name=name)], by=by)
    log.info("destination %s: circuit breaker closed by %s", name, by)
    return True
