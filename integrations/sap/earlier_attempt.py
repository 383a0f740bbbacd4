"""An attempt whose answer never came: SAP may still be working on it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from integrations.sap.settings import SapSettings
from orders.models import Attempt, Step
from orders.steps import NotYet, from_now


def wait_for_earlier_attempt(step: Step, config: SapSettings) -> None:
    """Raises NotYet while SAP may still be working on a request whose answer never came.

    That a look-up found nothing is no proof until SAP's own limit for a request is over: it may commit later.
    """
    unclear = step.attempt_log.filter(outcome__in=[Attempt.Outcome.UNKNOWN, Attempt.Outcome.LOST])
    latest = unclear.order_by("-number").annotate(now=from_now()).first()
    if latest:
        _wait(latest, step, config)


def wait_for_late_attempt(step: Step, config: SapSettings) -> None:
    """Raises NotYet while SAP may still be working on a request that ended unclear after another attempt was done.

    What the look-up finds then is the other's, and proves nothing about this one.
    """
    if step.state != Step.State.DONE or step.finished_at is None:
        return
    unclear = step.attempt_log.filter(outcome=Attempt.Outcome.UNKNOWN, duration__isnull=False)
    for attempt in unclear.annotate(now=from_now()):
        if attempt.started_at + _took(attempt) > step.finished_at:
            _wait(attempt, step, config)


def _wait(attempt: Any, step: Step, config: SapSettings) -> None:
    """`attempt` has `now`, by the database's clock."""
    until = _began(attempt, step, attempt.now) + _took(attempt) + config.request_limit
    if until > attempt.now:
        reason = "An earlier try got no answer, and SAP may still be working on it; it is looked up again, then sent."
        raise NotYet(reason, code="waiting", retry_after=until - attempt.now)


def _took(attempt: Attempt) -> timedelta:
    """At most."""
    return attempt.duration or settings.STEP_TIME_LIMIT


def _began(attempt: Attempt, step: Step, now: datetime) -> datetime:
    """When it began. Ahead of now, since the database's clock was set back: when the first one after it began."""
    if attempt.started_at <= now:
        return attempt.started_at
    later = step.attempt_log.filter(number__gt=attempt.number, started_at__lte=now).order_by("number").first()
    return later.started_at if later else min(step.started_at or now, now)
