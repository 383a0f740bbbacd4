"""A worker that was stopped for longer than its lease: before the request it notices, afterwards it tells staff."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from orders.database.clock import from_now
from orders.models import Step
from orders.steps import Claim, Done, StepError, Temporary, UnknownOutcome, run_step, transitions

pytestmark = pytest.mark.django_db
Again = Callable[[], Step]


def lose(step: Step, *, then: Done | None = None) -> None:
    """The lease runs out, the sweeper comes, and another worker does the step (`then`)."""
    Step.objects.filter(pk=step.pk).update(due_at=from_now(timedelta(seconds=-1)))
    transitions.release_lost()
    if then:
        run_step(step.order_id, step.name, lambda claim: then)


def late(step: Step, outcome: Done | StepError, *, then: Done | None = None) -> None:
    """The step's effect comes to this outcome after its claim was lost."""

    def effect(claim: Claim) -> Done:
        lose(step, then=then)
        if isinstance(outcome, StepError):
            raise outcome
        return outcome

    run_step(step.order_id, step.name, effect)


def test_nothing_is_sent_once_the_claim_is_lost(step: Step, again: Again) -> None:
    sent: list[int] = []

    def effect(claim: Claim) -> Done:
        lose(step, then=Done(reference="4712"))
        claim.assure()
        sent.append(1)
        return Done(reference="4711")

    run_step(step.order_id, "sap", effect)
    assert (sent, again().state, again().reference, again().warning) == ([], "done", "4712", "")
    assert [attempt.outcome for attempt in step.attempt_log.all()] == ["lost", "done"]


def test_staff_are_told_of_a_second_effect_by_both_names(step: Step, again: Again) -> None:
    late(step, Done(reference="4711", answer="created"), then=Done(reference="4712"))
    assert again().reference == "4712"
    assert again().warning.startswith("SAP also has 4711 for this order, besides 4712:")
    assert [attempt.answer for attempt in step.attempt_log.order_by("number")] == ["created", ""]


def test_a_late_result_that_names_the_same_is_no_second_effect(step: Step, again: Again) -> None:
    late(step, Done(reference="4711"), then=Done(reference="4711"))
    assert (again().reference, again().warning) == ("4711", "")


def test_staff_are_told_of_a_late_request_without_an_answer(step: Step, again: Again) -> None:
    late(step, UnknownOutcome("no answer"), then=Done(reference="4712"))
    assert "Look whether SAP has it twice" in again().warning


@pytest.mark.parametrize("then", [None, Done(reference="4712")])
def test_what_did_not_happen_is_no_trouble(step: Step, again: Again, then: Done | None) -> None:
    late(step, Temporary("busy"), then=then)
    assert again().warning == ""


def test_a_step_that_is_still_to_be_tried_is_looked_up_then(step: Step, again: Again) -> None:
    late(step, Done(reference="4711"))
    assert (again().state, again().warning) == ("queued", "")


def test_staff_are_told_while_another_attempt_runs(step: Step, again: Again) -> None:
    def effect(claim: Claim) -> Done:
        lose(step)
        return Done(reference=run_other())

    def run_other() -> str:
        Step.objects.filter(pk=step.pk).update(state="running", token=uuid.uuid4())
        return "4711"

    run_step(step.order_id, "sap", effect)
    assert "besides what this step's reference names" in again().warning
    Step.objects.filter(pk=step.pk).update(state="queued", token=None)
    run_step(step.order_id, "sap", lambda claim: Done(reference="4713"))
    assert again().warning == ""  # A new attempt looks first.
