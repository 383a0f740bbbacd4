"""May a destination's steps run? Staff can pause it, and its circuit breaker can be open: then they are held.

Later steps (`sap_cancel`, `mail_shipped`) go to the destination of the step they follow: one pause, one circuit
breaker, one count.

While the circuit breaker is half-open, one step may run: the probe.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from functools import reduce

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Replace

from orders.database.clock import MARGIN, beyond, from_now
from orders.database.outage import AWAY
from orders.models import Deed, Destination, Step
from orders.step_names import LATER, destination_of, names_of
from orders.steps import instance

log = logging.getLogger(__name__)

NOTED_EVERY = timedelta(seconds=10)  # At most so often the row says that its destination took something.

# `destination_of` for a statement whose parameter is a step's name.
DESTINATION_SQL = reduce(lambda name, ending: f"replace({name}, '{ending}', '')", LATER, "%s")
# True if a success is to be noted: for a statement in which `d` is the destination's row, if there is one.
SUCCESS_DUE_SQL = (
    "(d.last_success_at IS NULL"
    f" OR d.last_success_at < STATEMENT_TIMESTAMP() - INTERVAL '{NOTED_EVERY.total_seconds():.0f} seconds'"
    f" OR d.last_success_at > STATEMENT_TIMESTAMP() + INTERVAL '{MARGIN.total_seconds():.0f} seconds')"
)
# For a statement in which `s` is a step and `d` its destination's row, if there is one.
MAY_RUN_SQL = "(d.name IS NULL OR NOT d.paused AND (d.open_until IS NULL OR d.probe_id = s.id))"


def that_may_run(steps: QuerySet[Step], name: str) -> QuerySet[Step]:
    """Those of `steps`, all of one name, that are not held: MAY_RUN_SQL for the ORM."""
    destination = Destination.objects.filter(name=destination_of(name))
    stopped = destination.filter(Q(paused=True) | Q(open_until__isnull=False))
    probing = destination.filter(paused=False, probe=OuterRef("pk"))
    return steps.filter(~Exists(stopped) | Exists(probing))


def with_hold(steps: QuerySet[Step]) -> QuerySet[Step]:
    """The steps with what holds them: `held_as_copy` (the database is not ours), `held_by` (who paused the destination)
    with `held_because`, or `held_until` (its circuit breaker is open), None if nothing does. The probe is not held."""
    destination = Destination.objects.filter(name=_destination_of(OuterRef("name"))).order_by()
    open_breaker = destination.filter(paused=False, open_until__isnull=False).exclude(probe=OuterRef("pk"))
    return steps.annotate(
        held_as_copy=instance.as_copy(),
        held_by=Subquery(destination.filter(paused=True).values("paused_by")[:1]),
        held_because=Subquery(destination.filter(paused=True).values("pause_reason")[:1]),
        held_until=Subquery(open_breaker.values("open_until")[:1]),
    )


def _destination_of(name: F | Replace) -> F | Replace:
    """`destination_of` for the ORM."""
    for ending in LATER:
        name = Replace(name, Value(ending), Value(""))
    return name


def holding() -> set[str]:
    """The destinations that hold their steps now."""
    held = Destination.objects.filter(Q(paused=True) | Q(open_until__isnull=False))
    return set(held.order_by().values_list("name", flat=True))


def may_probe(destination: Destination) -> bool:
    """True if its circuit breaker alone holds its steps: one of them may run when the delay is over."""
    return not destination.paused and destination.open_until is not None


@transaction.atomic
def pause(name: str, *, by: str, reason: str = "") -> bool:
    """Holds a destination's steps in the database until `resume`; False if it was paused before.

    `reason` (200 characters at most) is told wherever the pause is.
    """
    destination, _ = Destination.objects.get_or_create(name=name)
    paused = {"paused": True, "paused_by": by, "paused_at": from_now(), "pause_reason": reason}
    if not Destination.objects.filter(name=name, paused=False).update(**paused):
        return False
    Deed.remember(Deed.What.PAUSED, [destination], by=by, detail=reason)
    log.info("destination %s paused by %s", name, by)
    return True


@transaction.atomic
def resume(name: str, *, by: str) -> bool:
    """Lets a destination's steps go on; the sweeper publishes them as its queue has room. False if it was not paused.

    If its circuit breaker is open, they are held all the same, but for the probe.
    """
    goes_on = {"paused": False, "paused_by": "", "paused_at": None, "pause_reason": ""}
    if not Destination.objects.filter(name=name, paused=True).update(**goes_on):
        return False
    Deed.remember(Deed.What.RESUMED, [Destination(name=name)], by=by)
    log.info("destination %s goes on, resumed by %s", name, by)
    return True


def success_due() -> Q:
    """SUCCESS_DUE_SQL for the ORM."""
    unnoted = Q(last_success_at=None) | Q(last_success_at__lt=from_now(-NOTED_EVERY))
    return unnoted | Q(last_success_at__gt=beyond())


def note_success(step_name: str) -> None:
    """Notes that the step's destination took something now, unless another worker has noted it meanwhile.

    A statement and a transaction of its own, after the result is safe: who records a result never waits for the row.
    Raises nothing if the database is away: the next success notes it.
    """
    name = destination_of(step_name)
    with suppress(*AWAY):
        if Destination.objects.filter(success_due(), name=name).update(last_success_at=from_now()):
            return
        # Once in its life a destination has no row yet. Of several who find so, one makes it.
        Destination.objects.bulk_create([Destination(name=name, last_success_at=from_now())], ignore_conflicts=True)


def held_steps(name: str) -> QuerySet[Step]:
    """The steps that a paused destination, or one whose circuit breaker is open, holds back."""
    return Step.objects.filter(name__in=names_of(name), state__in=[Step.State.QUEUED, Step.State.WAITING])
