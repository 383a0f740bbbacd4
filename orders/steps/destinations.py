"""May a destination's steps run? Staff can pause it, and its circuit breaker can be open: then they are held.

While the circuit breaker is half-open, one step may run: the probe.
"""

import logging

from django.db.models import Exists, OuterRef, Q, QuerySet

from orders.database.clock import from_now
from orders.models import Destination, Step

log = logging.getLogger(__name__)

# For a statement in which `s` is a step and `d` its destination's row, if there is one.
MAY_RUN_SQL = "(d.name IS NULL OR NOT d.paused AND (d.open_until IS NULL OR d.probe_id = s.id))"


def that_may_run(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Those of `steps` that are not held: MAY_RUN_SQL for the ORM."""
    destination = Destination.objects.filter(name=OuterRef("name"))
    stopped = destination.filter(Q(paused=True) | Q(open_until__isnull=False))
    probing = destination.filter(paused=False, probe=OuterRef("pk"))
    return steps.filter(~Exists(stopped) | Exists(probing))


def may_probe(destination: Destination) -> bool:
    """True if its circuit breaker alone holds its steps: one of them may run when the delay is over."""
    return not destination.paused and destination.open_until is not None


def pause(name: str, *, by: str) -> None:
    """Holds a destination's steps in the database until `resume`."""
    Destination.objects.update_or_create(name=name, defaults={"paused": True, "paused_by": by, "paused_at": from_now()})
    log.info("destination %s paused by %s", name, by)


def resume(name: str) -> None:
    """Lets a destination's steps go on; the sweeper publishes them as its queue has room."""
    Destination.objects.filter(name=name).update(paused=False, paused_by="", paused_at=None)
    log.info("destination %s goes on", name)


def held_steps(name: str) -> QuerySet[Step]:
    """The steps that a paused destination, or one whose circuit breaker is open, holds back."""
    return Step.objects.filter(name=name, state__in=[Step.State.QUEUED, Step.State.WAITING])
