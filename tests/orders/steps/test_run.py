"""The step machine: who may run a step, and what becomes of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.utils import timezone

from orders.models import Attempt, Order, Step
from orders.steps import (
    Claim,
    Done,
    Permanent,
    Temporary,
    UnknownOutcome,
    claim_step,
    destinations,
    run,
    run_step,
)

Again = Callable[[], Step]


class Effect:
    """Counts how often the outside world was asked; answers or raises as told."""

    def __init__(self, outcome: Done | Exception | None = None) -> None:
        self.calls = 0
        self.outcome = outcome or Done(reference="4711")

    def __call__(self, claim: Claim) -> Done:
        self.calls += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def fail(step: Step, error: Exception) -> Step:
    run_step(step.order_id, step.name, Effect(error))
    step.refresh_from_db()
    return step


def test_a_step_is_done_once_and_says_what_the_remote_called_it(step: Step) -> None:
    effect = Effect(Done(reference="4711", answer="created", code="201", warning="no font"))
    run_step(step.order_id, "sap", effect)
    step.refresh_from_db()
    assert (step.state, step.reference, step.warning, step.token) == ("done", "4711", "no font", None)
    attempt = step.attempt_log.get()
    assert (attempt.outcome, attempt.code, attempt.answer, attempt.number) == ("done", "201", "created", 1)
    assert attempt.duration is not None


def test_a_second_delivery_does_nothing(step: Step) -> None:
    effect = Effect()
    run_step(step.order_id, "sap", effect)
    run_step(step.order_id, "sap", effect)
    assert effect.calls == 1
    assert step.attempt_log.count() == 1


def test_a_delivery_while_the_step_runs_elsewhere_does_nothing(step: Step) -> None:
    assert claim_step(step.order_id, "sap")
    effect = Effect()
    run_step(step.order_id, "sap", effect)
    assert effect.calls == 0


def test_a_message_for_an_order_that_does_not_exist_does_nothing(db: None) -> None:
    effect = Effect()
    run_step(4711, "sap", effect)
    assert effect.calls == 0


def test_a_temporary_failure_waits_for_its_next_attempt(step: Step) -> None:
    before = timezone.now()
    fail(step, Temporary("SAP is busy.", code="503", answer="busy"))
    assert (step.state, step.reason, step.failures, step.attempts) == ("waiting", "SAP is busy.", 1, 1)
    assert timedelta(seconds=8) < step.due_at - before < timedelta(seconds=15)
    assert step.attempt_log.get().outcome == Attempt.Outcome.TEMPORARY


def test_a_waiting_step_is_not_run_by_an_early_message(step: Step) -> None:
    fail(step, Temporary("SAP is busy."))
    effect = Effect()
    run_step(step.order_id, "sap", effect)
    assert effect.calls == 0


def test_a_permanent_failure_parks_the_step_with_a_reason_and_a_next_action(step: Step) -> None:
    fail(step, Permanent("Unknown material.", next_action="Enter the material.", code="V1/302"))
    assert (step.state, step.reason, step.next_action) == ("parked", "Unknown material.", "Enter the material.")
    assert step.attempt_log.get().outcome == Attempt.Outcome.PERMANENT


def test_an_unknown_outcome_is_tried_again_and_remembered_as_such(step: Step) -> None:
    fail(step, UnknownOutcome("No answer."))
    assert step.state == "waiting"
    assert step.attempt_log.get().outcome == Attempt.Outcome.UNKNOWN


def test_a_fault_of_our_own_is_tried_again_without_telling_internals(step: Step) -> None:
    fail(step, KeyError("customer Helgi"))
    assert step.state == "waiting"
    assert step.reason == "A fault in the desk itself (KeyError); the worker's log has the details."


def test_a_step_that_takes_too_long_has_an_unknown_outcome(step: Step) -> None:
    fail(step, SoftTimeLimitExceeded())
    assert (step.state, step.attempt_log.get().outcome) == ("waiting", "unknown")
    assert "60 seconds" in step.reason


def test_a_claim_that_was_lost_records_nothing(step: Step) -> None:
    other = "11111111-1111-1111-1111-111111111111"

    def slow(claim: Claim) -> Done:
        Step.objects.filter(pk=step.pk).update(token=other)  # The lease ran out; somebody else took it.
        return Done(reference="late")

    run_step(step.order_id, "sap", slow)
    step.refresh_from_db()
    assert (step.state, str(step.token), step.reference) == ("running", other, "")
    assert not step.attempt_log.exists()


def test_the_last_step_to_be_done_settles_its_order_and_says_so(order: Order) -> None:
    told = [run_step(order.pk, name, Effect()) for name in ("sap", "marketing", "marketing", "printing")]
    assert told == [True, True, False, True]
    order.refresh_from_db()
    assert (order.status, order.settled_at is not None) == ("processed", True)


def test_a_step_that_failed_settles_nothing(order: Order) -> None:
    for name in ("sap", "marketing"):
        run_step(order.pk, name, Effect())
    assert run_step(order.pk, "printing", Effect(Temporary("no paper"))) is False
    order.refresh_from_db()
    assert order.status == "received"


def test_a_result_is_recorded_though_the_database_restarts_meanwhile(
    step: Step, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([OperationalError("server closed the connection"), None])
    real = run._record_done
    pauses: list[float] = []

    def record(claim: Claim, done: Done) -> bool:
        if error := next(answers):
            raise error
        return real(claim, done)

    monkeypatch.setattr(run, "_record_done", record)
    monkeypatch.setattr(run.connection, "close", lambda: None)
    monkeypatch.setattr(run.time, "sleep", pauses.append)
    effect = Effect()
    run_step(step.order_id, "sap", effect)
    assert (again().state, effect.calls, pauses) == ("done", 1, [0.5])


def test_a_paused_destination_holds_its_steps_and_counts_them(step: Step, again: Again) -> None:
    destinations.pause("sap", by="anna")
    effect = Effect()
    run_step(step.order_id, "sap", effect)
    assert effect.calls == 0
    assert again().state == "queued"
    assert destinations.held_steps("sap").count() == 1
    destinations.resume("sap", by="anna")
    run_step(step.order_id, "sap", effect)
    assert (effect.calls, again().state) == (1, "done")


def test_a_pause_of_one_destination_does_not_hold_another(step: Step) -> None:
    destinations.pause("marketing", by="anna")
    effect = Effect()
    run_step(step.order_id, "sap", effect)
    assert effect.calls == 1
