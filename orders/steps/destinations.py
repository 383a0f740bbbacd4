"""Whether a destination's steps may run: staff can pause it, and its circuit breaker can be open."""

import logging

from django.db.models import QuerySet
from django.utils import timezone

from orders.models import Destination, Step

log = logging.getLogger(__name__)


def pause(name: str, *, by: str) -> None:
    """Holds a destination's steps in the database until `resume`."""
    Destination.objects.update_or_create(
        name=name, defaults={"paused": True, "paused_by": by, "paused_at": timezone.now()}
    )
    log.info("destination %s paused by %s", name, by)


def resume(name: str) -> None:
    """Lets a destination's steps go on; the sweeper releases them as its queue has room."""
    Destination.objects.filter(name=name).update(paused=False, paused_by="", paused_at=None)
    log.info("destination %s goes on", name)


def held_steps(name: str) -> QuerySet[Step]:
    """The steps that wait for a paused or broken destination."""
    return Step.objects.filter(name=name, state__in=[Step.State.QUEUED, Step.State.WAITING])
