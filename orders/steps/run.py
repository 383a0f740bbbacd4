"""The step machine: a task claims its row, does the outside work, and records what became of it.

    queued ──claim──> running ──> done
       ^                 ├──────> parked    (a person must look)
       └──sweeper── waiting <────┘          (again at due_at)

Every delivery may be a second one, so every change is a conditional update: who does not hold the token, or finds
the step in another state, changes nothing. No transaction is open while the outside work runs.
"""

import logging
import random
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.utils import timezone

from orders.models import Attempt, Order, Step
from orders.steps import circuit_breaker as breaker
from orders.steps.claims import Claim, finish, take
from orders.steps.outcome import Done, LogonRefused, NotYet, Permanent, StepError, Temporary, UnknownOutcome

log = logging.getLogger(__name__)


Effect = Callable[[Claim], Done]


def run_step(order_id: int, name: str, effect: Effect) -> bool:
    """Runs `effect` for one order's step if it is ours to run; records the outcome. A second delivery does nothing.

    True if the step is recorded as done, and the order with it as processed if that was its last one; False if this
    call has done nothing that could settle an order. A task returns either, so that the chord's result backend need
    not ask the rows again.
    """
    claim = claim_step(order_id, name)
    if claim is None:
        return False
    try:
        done = effect(claim)
    except StepError as error:
        _patiently(_record_failure, claim, error)
    except SoftTimeLimitExceeded:
        limit = settings.STEP_TIME_LIMIT.total_seconds()
        _patiently(
            _record_failure,
            claim,
            UnknownOutcome(f"It took longer than {limit:g} seconds and was stopped.", code="time"),
        )
    except Exception as error:
        # The places, not the words: a database's error may quote the row, customer's name and all.
        places = "".join(traceback.format_tb(error.__traceback__))
        log.error(
            "step %s of %s: a fault in the desk itself: %s\n%s", name, claim.step.order, type(error).__name__, places
        )
        reason = f"A fault in the desk itself ({type(error).__name__}); the worker's log has the details."
        _patiently(_record_failure, claim, UnknownOutcome(reason, code=type(error).__name__))
    else:
        return _patiently(_record_done, claim, done)
    return False


def claim_step(order_id: int, name: str) -> Claim | None:
    """Takes a queued step for this process, or None: it is done, running elsewhere, waiting, held, or cancelled."""
    try:
        claim = take(order_id, name)
    except (OperationalError, InterfaceError):
        connection.close()  # The connection has gone bad since the last step. If not, the next one says so.
        claim = take(order_id, name)
    if claim and claim.step.order.status == Order.Status.CANCELLED and name not in settings.CANCEL_STEPS:
        Step.objects.filter(pk=claim.step.pk, token=claim.token).update(state=Step.State.CANCELLED, token=None)
        return None
    return claim


def _patiently(record: Callable[[Claim, Any], bool], claim: Claim, outcome: Done | StepError) -> bool:
    """Records an outcome though the database restarts meanwhile: what has happened outside should be known here.

    Gives up after some seconds; the lease then runs out, and the next attempt looks before it repeats.
    """
    for pause in (0.5, 1, 2, 4):
        try:
            return record(claim, outcome)
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(pause)
    return record(claim, outcome)


def _finish(
    claim: Claim,
    outcome: Attempt.Outcome,
    *,
    code: str,
    answer: str,
    also: models.Model | None = None,
    **changes: object,
) -> bool:
    """Writes the step's next state and its attempt; False if the claim was lost to another (the lease ran out)."""
    attempt = {"outcome": outcome.value, "code": code[:64], "answer": answer[:4000]}
    if finish(claim, attempt, changes, also):
        return True
    log.warning(
        "step %s of %s: not recorded as %s: its lease ran out, or an earlier try to record it got through",
        claim.step.name,
        claim.step.order,
        outcome,
    )
    return False


def _record_done(claim: Claim, done: Done) -> bool:
    # One statement is a transaction by itself.
    with transaction.atomic() if claim.troubled else nullcontext():
        recorded = _finish(
            claim,
            Attempt.Outcome.DONE,
            code=done.code,
            answer=done.answer,
            also=done.also,
            state=Step.State.DONE.value,
            failures=0,
            reference=done.reference[:200],
            warning=done.warning[:500],
            reason="",
            next_action="",
        )
        if recorded and claim.troubled:
            breaker.succeeded(claim.step)
    return recorded


@transaction.atomic
def _record_failure(claim: Claim, error: StepError) -> bool:
    failures = claim.step.failures + 1
    changes: dict[str, Any] = {"failures": failures, "reason": error.reason[:500]}
    outcome = Attempt.Outcome.UNKNOWN if isinstance(error, UnknownOutcome) else Attempt.Outcome.TEMPORARY
    if isinstance(error, Temporary) and failures <= len(settings.RETRY_DELAYS):
        changes |= {
            "state": Step.State.WAITING.value,
            "due_at": timezone.now() + retry_delay(failures, error.retry_after),
            "next_action": "",
        }
    else:
        next_action = "Find out why it keeps failing, then send it again."
        if isinstance(error, Permanent):
            outcome, next_action = Attempt.Outcome.PERMANENT, error.next_action
        changes |= {"state": Step.State.PARKED.value, "next_action": next_action[:500]}
    if not _finish(claim, outcome, code=error.code, answer=error.answer, **changes):
        return False
    log.warning("step %s of %s: %s (%s)", claim.step.name, claim.step.order, error.reason, changes["state"])
    if isinstance(error, Temporary) and not isinstance(error, NotYet):
        breaker.failed(claim.step, error.reason, at_once=isinstance(error, LogonRefused))
    else:
        breaker.succeeded(claim.step)  # It answered, or what failed is not the destination.
    return False


def retry_delay(failures: int, retry_after: timedelta | None = None) -> timedelta:
    """How long to wait after so many failures: the schedule ± 10 %, or what the remote asked for (up to a day)."""
    planned = settings.RETRY_DELAYS[failures - 1] * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
    return max(planned, min(retry_after or timedelta(0), timedelta(days=1)))
