from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import Settings

from integrations.sap import cancel, client, create, tasks
from orders.database.clock import from_now
from orders.lifecycle import cancel_order
from orders.models import Attempt, Order, Step
from orders.steps import Claim, Done, NotYet, Permanent, Temporary, UnknownOutcome, claim_step, run_step, transitions
from tests.integrations.running_sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def cancelled(sandbox: RunningSandbox, order: Order, settings: Settings) -> Order:
    """An order that SAP has, cancelled."""
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    tasks.notify_sap(order.pk)
    cancel_order(order.pk, by="test")
    return order


def reasons(sandbox: RunningSandbox) -> list[list[str]]:
    return [
        [item.get("SalesDocumentRjcnReason", "") for item in row["payload"]["to_Item"]]
        for row in sandbox.sales_orders()
    ]


def taken(order: Order, name: str) -> Claim:
    claim = claim_step(order.pk, name)
    assert claim is not None
    return claim


def step_of(order: Order) -> Step:
    return order.steps.get(name="sap_cancel")


def test_all_items_of_the_sales_order_are_rejected(sandbox: RunningSandbox, cancelled: Order) -> None:
    tasks.cancel_in_sap(cancelled.pk)
    assert (step_of(cancelled).state, step_of(cancelled).reference) == (Step.State.DONE, "0000000001")
    assert reasons(sandbox) == [["Z1", "Z1"]]


def test_a_repeat_finds_them_rejected(sandbox: RunningSandbox, cancelled: Order) -> None:
    claim = taken(cancelled, "sap_cancel")
    assert cancel.reject_sales_order(claim).answer == "rejected 2 items of 0000000001"
    assert cancel.reject_sales_order(claim).answer == "rejected 0 items of 0000000001"


def test_an_attempt_that_was_cut_off_is_continued(sandbox: RunningSandbox, cancelled: Order) -> None:
    claim, sap = taken(cancelled, "sap_cancel"), client.sales_orders()
    sap.reject_item("0000000001", sap.items("0000000001")[0], assure=lambda: None)
    assert cancel.reject_sales_order(claim).answer == "rejected 1 items of 0000000001"


def test_a_change_by_somebody_else_is_not_overwritten(sandbox: RunningSandbox, cancelled: Order) -> None:
    sap = client.sales_orders()
    [item, _] = sap.items("0000000001")
    sandbox.server.sandbox.sap.orders[0]["payload"]["to_Item"][0]["RequestedQuantity"] = "3"
    with pytest.raises(Temporary, match="Somebody changes the sales order"):
        sap.reject_item("0000000001", item, assure=lambda: None)


def test_without_a_reason_configured_a_person_cancels_it(
    sandbox: RunningSandbox, cancelled: Order, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="")
    with pytest.raises(Permanent, match="sales order 0000000001") as caught:
        cancel.reject_sales_order(taken(cancelled, "sap_cancel"))
    assert caught.value.next_action.startswith("Cancel it in SAP by hand.")
    assert reasons(sandbox) == [["", ""]]


def test_a_creation_still_running_is_waited_for(sandbox: RunningSandbox, order: Order) -> None:
    taken(order, "sap")
    cancel_order(order.pk, by="test")
    with pytest.raises(NotYet, match="being created just now"):
        cancel.reject_sales_order(taken(order, "sap_cancel"))


def test_a_creation_without_answer_is_waited_for_as_long_as_sap_may_work_on_it(
    sandbox: RunningSandbox, order: Order, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, request_limit=timedelta(minutes=10))

    def no_answer(claim: Claim) -> Done:
        raise UnknownOutcome("No answer.")

    run_step(order.pk, "sap", no_answer)
    attempt = order.steps.get(name="sap").attempt_log.get()
    cancel_order(order.pk, by="test")
    claim = taken(order, "sap_cancel")
    with pytest.raises(NotYet, match="may still be working on it"):
        cancel.reject_sales_order(claim)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=attempt.started_at - timedelta(minutes=11))
    assert cancel.reject_sales_order(claim).answer == "SAP has no sales order for it"


def test_what_a_late_worker_creates_for_a_cancelled_order_is_rejected(
    sandbox: RunningSandbox, order: Order, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="Z1", request_limit=timedelta(0))

    def stopped_behind_its_check(claim: Claim) -> Done:
        ago = {"started_at": from_now(timedelta(hours=-1)), "due_at": from_now(timedelta(seconds=-1))}
        Step.objects.filter(pk=claim.step.pk).update(**ago)
        transitions.release_lost()
        cancel_order(order.pk, by="test")
        tasks.cancel_in_sap(order.pk)
        assert (step_of(order).state, sandbox.sales_orders()) == (Step.State.DONE, [])
        return create.create_sales_order(replace(claim, holds=lambda claim: True))

    run_step(order.pk, "sap", stopped_behind_its_check)
    assert reasons(sandbox) == [["", ""]]
    tasks.cancel_in_sap(order.pk)
    assert (step_of(order).state, step_of(order).reference) == (Step.State.DONE, "0000000001")
    assert reasons(sandbox) == [["Z1", "Z1"]]


def test_a_sales_order_that_came_late_and_is_not_found_is_not_believed_away(
    sandbox: RunningSandbox, order: Order, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    run_step(order.pk, "sap", lambda claim: Done("4711"))
    cancel_order(order.pk, by="test")
    order.steps.filter(name="sap").update(state=Step.State.CANCELLED)
    with pytest.raises(Permanent, match="sales order 4711"):
        cancel.reject_sales_order(taken(order, "sap_cancel"))


def test_a_late_request_without_answer_is_waited_for_though_another_is_found(
    sandbox: RunningSandbox, cancelled: Order, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, request_limit=timedelta(minutes=10))
    created = cancelled.steps.get(name="sap")
    assert created.started_at
    values = {"step": created, "outcome": Attempt.Outcome.UNKNOWN, "started_at": created.started_at}
    early = Attempt.objects.create(number=8, duration=timedelta(microseconds=1), **values)
    claim = taken(cancelled, "sap_cancel")
    assert cancel.reject_sales_order(claim).answer == "rejected 2 items of 0000000001"
    late = Attempt.objects.create(number=9, duration=timedelta(minutes=1), **values)
    with pytest.raises(NotYet, match="may still be working on it"):
        cancel.reject_sales_order(claim)
    early.delete()
    long_ago = created.started_at - timedelta(minutes=12)
    Attempt.objects.filter(pk=late.pk).update(started_at=long_ago)
    Step.objects.filter(pk=created.pk).update(finished_at=long_ago)
    assert cancel.reject_sales_order(claim).answer == "rejected 0 items of 0000000001"
