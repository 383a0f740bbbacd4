"""A step that starts afresh has nothing left of why it did not work."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Order, Step
from orders.steps import bring_forward, run_again, transitions, warn

FAILED = {"failures": 7, "reason": "SAP is busy.", "next_action": "Look.", "reference": "4711"}


def ways() -> dict[str, Callable[[Step], object]]:
    return {
        "resend": lambda step: transitions.resend(Step.objects.filter(pk=step.pk), by="anna"),
        "run again": lambda step: run_again(step.order_id, step.name),
    }


@pytest.mark.parametrize("state", ["parked", "waiting"])
@pytest.mark.parametrize("way", ways())
def test_a_step_that_starts_afresh_is_due_now_with_a_new_schedule(step: Step, state: str, way: str) -> None:
    Step.objects.filter(pk=step.pk).update(state=state, due_at=timezone.now() + timedelta(hours=1), **FAILED)
    ways()[way](step)
    step.refresh_from_db()
    assert (step.state, step.failures, step.reason, step.next_action) == ("queued", 0, "", "")
    assert step.due_at <= timezone.now()


@pytest.mark.parametrize(("state", "after"), [("done", "queued"), ("queued", "queued"), ("cancelled", "cancelled")])
def test_a_done_step_runs_again_for_a_reprint_and_a_cancelled_one_does_not(step: Step, state: str, after: str) -> None:
    Step.objects.filter(pk=step.pk).update(state=state)
    run_again(step.order_id, step.name)
    step.refresh_from_db()
    assert step.state == after


def test_a_done_step_is_never_sent_again(step: Step) -> None:
    Step.objects.filter(pk=step.pk).update(state="done")
    assert transitions.resend(Step.objects.all(), by="anna") == 0


def test_of_waiting_steps_the_first_are_brought_forward_and_no_others(order: Order) -> None:
    soon, later = timezone.now() + timedelta(minutes=1), timezone.now() + timedelta(hours=1)
    order.steps.filter(name="sap").update(state="waiting", due_at=later)
    order.steps.filter(name="marketing").update(state="waiting", due_at=soon)
    order.steps.filter(name="printing").update(state="parked", due_at=soon)
    assert bring_forward(order.steps.all(), at_most=1) == 1
    assert list(order.steps.filter(due_at__lte=timezone.now()).values_list("name", flat=True)) == ["marketing"]


def test_a_warning_that_is_too_long_is_cut(step: Step) -> None:
    warn(step.order_id, step.name, "w" * 900)
    step.refresh_from_db()
    assert step.warning == "w" * 500
