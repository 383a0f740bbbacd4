"""Runs a step: a task claims its row, does the outside work, and records what became of it.

Every delivery may be a second one. No transaction is open while the outside work runs. What each result does to the
row: `orders.steps.transitions`.
"""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection, models, transaction

from orders import request_id
from orders.database.clock import from_now
from orders.database.outage import AWAY
from orders.models import Attempt, Order
from orders.steps import circuit_breaker, destinations, hook, late, transitions
from orders.steps.claim import Claim
from orders.steps.claims import finish, take
from orders.steps.outcome import (
    ClaimLost,
    Done,
    LogonRefused,
    Permanent,
    StepError,
    Temporary,
    Unknowable,
    UnknownOutcome,
)
from orders.steps.retry import retry_delay

log = logging.getLogger(__name__)

Effect = Callable[[Claim], Done]

# The line of the log that each attempt has, however it ended. No name stands in it.
ATTEMPT = "step %(step)s of %(order)s: %(outcome)s, attempt %(attempt)d, %(milliseconds)d ms, reference %(reference)r"


def run_step(order_id: int, name: str, effect: Effect) -> bool:
    """Runs `effect` for one order's step if it is ours to run; records the outcome. A second delivery does nothing.

    True if the step is recorded as done, and the order with it as settled if that was its last one; False if this
    call has done nothing that could settle an order. A task returns either, so that the chord's result backend need
    not ask the rows again.
    """
    claim = claim_step(order_id, name)
    if claim is None:
        return False
    with request_id.of(claim.order.request_id), hook.around(claim):  # So that all lines of the log belong to it.
        try:
            done = effect(claim)
        except ClaimLost as error:
            log.warning("step %s of %s: %s", claim.step.name, claim.order, error.reason)
            return False
        except StepError as error:
            return _patiently(_record_failure, claim, error)
        except SoftTimeLimitExceeded:
            limit = settings.STEP_TIME_LIMIT.total_seconds()
            stopped = UnknownOutcome(f"It took longer than {limit:g} seconds and was stopped.", code="time")
            return _patiently(_record_failure, claim, stopped)
        except Exception as error:
            return _patiently(_record_failure, claim, _own_fault(claim, error))
        return _patiently(_record_done, claim, done)


def claim_step(order_id: int, name: str) -> Claim | None:
    """Takes a queued step for this process, or None: it is done, running elsewhere, waiting, held, or cancelled."""
    lease = (order_id, name, uuid.uuid4(), settings.STEP_LEASE)
    try:
        claim = take(*lease)
    except AWAY:
        connection.close()  # The connection has gone bad since the last step. If not, the next one says so.
        claim = take(*lease)
    if claim and claim.order.status == Order.Status.CANCELLED and name not in settings.CANCEL_STEPS:
        transitions.give_up(claim.step, claim.token)
        return None
    if claim and name in settings.CANCEL_STEPS:
        late.note_undone(claim)
    return claim


def _own_fault(claim: Claim, error: Exception) -> UnknownOutcome:
    """A fault in the desk itself. The log gets its places in the code alone: its text may quote the customer's name."""
    kind = type(error).__name__
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("step %s of %s: a fault in the desk itself: %s\n%s", claim.step.name, claim.order, kind, places)
    return UnknownOutcome(f"A fault in the desk itself ({kind}); the worker's log has the details.", code=kind)


def _patiently(record: Callable[[Claim, Any], bool], claim: Claim, outcome: Done | StepError) -> bool:
    """Records an outcome though the database restarts meanwhile: what has happened outside should be known here.

    Gives up after some seconds; the lease then runs out, and the next attempt looks before it repeats.
    """
    for pause in (0.5, 1, 2, 4):
        try:
            return record(claim, outcome)
        except AWAY:
            connection.close()
            time.sleep(pause)
    return record(claim, outcome)


def _record_done(claim: Claim, done: Done) -> bool:
    changes = transitions.DONE | {"reference": done.reference[:200]}
    if done.warning:  # Without one, what a late worker has told meanwhile stays: see `orders.steps.late`.
        changes |= {"warning": done.warning[:500]}
    # The result is one statement, a transaction by itself. A circuit breaker to close, or to undo more, makes it two.
    more = claim.destination_failures or claim.step.name in settings.CANCEL_STEPS
    with transaction.atomic() if more else nullcontext():
        recorded = _record(claim, Attempt.Outcome.DONE, done, changes, done.also)
        if recorded and claim.destination_failures:
            circuit_breaker.succeeded(claim.step)
    if recorded and claim.success_due:
        destinations.note_success(claim.step.name)
    return recorded


@transaction.atomic
def _record_failure(claim: Claim, error: StepError) -> bool:
    """Always False: a failed step settles no order."""
    outcome, changes = _consequence(claim.step.failures + 1, error)
    if not _record(claim, outcome, error, changes):
        return False
    log.warning("step %s of %s: %s (%s)", claim.step.name, claim.order, error.reason, changes["state"])
    if isinstance(error, Temporary) and not error.of_one:
        circuit_breaker.failed(claim.step, error.reason, at_once=isinstance(error, LogonRefused))
    else:
        circuit_breaker.succeeded(claim.step)  # It answered, or what failed is not the destination.
    return False


def _consequence(failures: int, error: StepError) -> tuple[Attempt.Outcome, dict[str, Any]]:
    """What the attempt is called, and what becomes of the step: it waits for its next try, or is parked."""
    changes: dict[str, Any] = {"failures": failures, "reason": error.reason[:500]}
    if isinstance(error, Permanent):
        return Attempt.Outcome.PERMANENT, changes | transitions.PARKED | {"next_action": error.next_action[:500]}
    outcome = Attempt.Outcome.UNKNOWN if isinstance(error, UnknownOutcome) else Attempt.Outcome.TEMPORARY
    if isinstance(error, Unknowable):
        return outcome, changes | transitions.PARKED | {"next_action": error.next_action[:500]}
    if isinstance(error, Temporary) and failures <= len(settings.RETRY_DELAYS):
        due_at = from_now(retry_delay(failures, error.retry_after))
        return outcome, changes | transitions.WAITING | {"due_at": due_at}
    next_action = "Find out why it keeps failing, then send it again."
    return outcome, changes | transitions.PARKED | {"next_action": next_action}


def _record(
    claim: Claim,
    outcome: Attempt.Outcome,
    said: Done | StepError,
    changes: Mapping[str, Any],
    also: models.Model | None = None,
) -> bool:
    """Writes the step's next state and its attempt; False if the claim was lost to another (the lease ran out)."""
    took = timedelta(seconds=time.monotonic() - claim.began)
    attempt = {
        "number": claim.step.attempts,
        "started_at": claim.step.started_at,
        "duration": took,
        "outcome": outcome.value,
        "code": said.code[:64],
        "answer": said.answer[:4000],
    }
    claim.told.update(outcome=outcome.value, code=attempt["code"])
    if finish(claim.step, claim.token, attempt, {"token": None, "finished_at": from_now(), **changes}, also):
        told = {
            "order": claim.order.number,
            "step": claim.step.name,
            "destination": settings.STEP_QUEUES.get(claim.step.name, claim.step.name),
            "outcome": outcome.value,
            "attempt": claim.step.attempts,
            "milliseconds": round(took.total_seconds() * 1000),
            "reference": said.reference if isinstance(said, Done) else "",
        }
        log.info(ATTEMPT, told, extra=told)
        if claim.step.name in settings.CANCEL_STEPS:
            late.undo_again(claim, changes["state"])
        return True
    log.warning(
        "step %s of %s: not recorded as %s: its lease ran out, or an earlier try to record it got through",
        claim.step.name,
        claim.order,
        outcome,
    )
    late.keep(claim, outcome, said, attempt)
    return False
