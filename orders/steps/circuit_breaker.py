"""The breaker of a destination: after repeated temporary failures its steps are held, and one is tried now and then.

closed ──BREAKER_FAILURES in a row, or a refused logon──> open ──open_until──> one probe ──done──> closed
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from orders.models import Destination, Step

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=10)


def succeeded(step: Step) -> None:
    """The destination answered: forget its failures, close its breaker."""
    closed = Destination.objects.filter(name=step.name, failures__gt=0).update(
        failures=0, trips=0, open_until=None, probe=None, reason=""
    )
    if closed:
        log.info("destination %s answers again", step.name)


def failed(step: Step, reason: str, *, at_once: bool = False) -> None:
    """Counts a temporary failure; opens the breaker when it was one too many, the probe, or `at_once`."""
    destination, _ = Destination.objects.select_for_update().get_or_create(name=step.name)
    destination.failures = F("failures") + 1
    destination.save(update_fields=["failures"])
    destination.refresh_from_db()
    probed = destination.probe_id == step.pk
    already_open = destination.open_until is not None
    if already_open and not probed:
        return
    if not (at_once or probed or destination.failures >= settings.BREAKER_FAILURES):
        return
    delay = min(settings.BREAKER_DELAY * 2**destination.trips, LONGEST)
    destination.open_until = timezone.now() + delay
    destination.trips = min(destination.trips + 1, 30)
    destination.probe = None
    destination.reason = reason[:500]
    destination.save(update_fields=["open_until", "trips", "probe", "reason"])
    log.warning("destination %s: breaker open for %s (%s)", step.name, delay, reason)


def close(name: str) -> None:
    """Lets all steps try again, without waiting for the probe."""
    Destination.objects.filter(name=name).update(failures=0, trips=0, open_until=None, probe=None, reason="")
