"""What becomes of a step that starts afresh, lost its worker, was given up, or was seen to by a person."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import QuerySet
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


def test_who_does_not_hold_a_step_can_not_give_it_up(step: Step) -> None:
    holder, other = uuid.uuid4(), uuid.uuid4()
    Step.objects.filter(pk=step.pk).update(state="running", token=holder)
    for token, state in (other, "running"), (None, "running"), (holder, "cancelled"):
        transitions.give_up(step, token)
        step.refresh_from_db()
        assert step.state == state


def lose_worker(steps: QuerySet[Step], *, lease_ended: timedelta) -> None:
    steps.update(state="running", token=uuid.uuid4(), due_at=timezone.now() - lease_ended)


def test_a_step_that_lost_its_worker_is_due_from_now_on(step: Step) -> None:
    before = timezone.now()
    lose_worker(Step.objects.filter(pk=step.pk), lease_ended=timedelta(hours=1))
    transitions.release_lost()
    step.refresh_from_db()
    assert (step.state, step.token) == ("queued", None)
    assert before <= step.due_at <= timezone.now()


def test_of_many_steps_that_lost_their_workers_the_first_are_released(order: Order) -> None:
    lose_worker(order.steps.filter(name="sap"), lease_ended=timedelta(minutes=1))
    lose_worker(order.steps.filter(name="marketing"), lease_ended=timedelta(minutes=2))
    transitions.release_lost(at_most=1)
    states = dict(order.steps.values_list("name", "state"))
    assert states == {"sap": "running", "marketing": "queued", "printing": "queued"}


def test_a_step_done_by_hand_says_when_and_by_whom_and_asks_for_nothing_more(step: Step) -> None:
    before = timezone.now()
    Step.objects.filter(pk=step.pk).update(state="parked", **FAILED)
    assert transitions.done_by_hand(Step.objects.all(), by="a" * 300) == 1
    step.refresh_from_db()
    assert (step.state, step.reason, step.next_action) == ("done", "", "")
    assert step.reference == "by hand, " + "a" * 191
    assert step.finished_at
    assert before <= step.finished_at <= timezone.now()


@pytest.mark.parametrize("state", ["queued", "waiting", "done", "cancelled"])
def test_only_a_parked_step_can_be_done_by_hand(step: Step, state: str) -> None:
    Step.objects.filter(pk=step.pk).update(state=state)
    assert transitions.done_by_hand(Step.objects.all(), by="anna") == 0
    step.refresh_from_db()
    assert (step.state, step.reference) == (state, "")
