"""An order cancelled after a step ran gets the step that undoes it, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from orders.lifecycle import cancel_order
from orders.models import Destination, Order, Step
from orders.steps import Claim, Done, NotYet, Temporary, run_step
from orders.steps.transitions import resend

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def undo_sap(settings: Any) -> None:
    settings.CANCEL_STEPS = {"sap_cancel": "integrations.sap.cancel.cancel_in_sap"}


def undoing(order: Order) -> QuerySet[Step]:
    return order.steps.filter(name="sap_cancel")


def test_a_step_that_ran_is_followed_by_the_one_that_undoes_it(order: Order) -> None:
    run_step(order.pk, "sap", lambda claim: Done("4711"))
    for _ in range(2):  # A second cancellation changes nothing.
        assert [step.name for step in cancel_order(order.pk, by="test")] == ["sap"]
        assert undoing(order).get().state == Step.State.QUEUED


def test_what_never_ran_needs_no_undoing(order: Order) -> None:
    cancel_order(order.pk, by="test")
    assert not undoing(order).exists()


def test_an_undoing_step_runs_though_its_order_is_cancelled(order: Order) -> None:
    run_step(order.pk, "sap", lambda claim: Done("4711"))
    cancel_order(order.pk, by="test")
    run_step(order.pk, "sap_cancel", lambda claim: Done("rejected"))
    assert undoing(order).get().state == Step.State.DONE
    assert Order.objects.get(pk=order.pk).status == Order.Status.CANCELLED


def test_a_parked_undoing_step_can_be_sent_again(order: Order) -> None:
    run_step(order.pk, "sap", lambda claim: Done("4711"))
    cancel_order(order.pk, by="test")
    undoing(order).update(state=Step.State.PARKED)
    assert resend(order.steps.all(), by="test") == 1
    assert undoing(order).get().state == Step.State.QUEUED


def test_a_step_that_waits_for_its_own_past_opens_no_breaker(order: Order, settings: Any) -> None:
    settings.BREAKER_FAILURES = 1

    def waits(claim: Claim) -> Done:
        raise NotYet("Not yet.", retry_after=timedelta(minutes=10))

    def fails(claim: Claim) -> Done:
        raise Temporary("Down.")

    run_step(order.pk, "sap", waits)
    assert order.steps.get(name="sap").state == Step.State.WAITING
    assert not Destination.objects.filter(open_until__isnull=False).exists()
    Step.objects.update(state=Step.State.QUEUED)
    run_step(order.pk, "sap", fails)
    assert Destination.objects.filter(name="sap", open_until__isnull=False).exists()
