from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from integrations.sap import client, tasks
from integrations.sap.client import literal
from integrations.sap.create import create_sales_order
from orders.models import Attempt, Destination, Order, Product, Step
from orders.steps import Claim, Done, LogonRefused, Permanent, Temporary, UnknownOutcome, claim_step
from tests.integrations.running_sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


def held() -> None:
    """A claim that holds."""


@pytest.fixture
def sap_step(order: Order) -> Step:
    return order.steps.get(name="sap")


def taken(order_id: int) -> Claim:
    claim = claim_step(order_id, "sap")
    assert claim is not None
    return claim


def run(step: Step) -> Step:
    """Runs the step's effect as a worker does, and gives the row back to the queue first."""
    Step.objects.filter(pk=step.pk).update(state=Step.State.QUEUED)
    Destination.objects.filter(name="sap").delete()
    tasks.notify_sap(step.order_id)
    step.refresh_from_db()
    return step


def test_an_order_becomes_one_sales_order_whose_number_staff_see(sandbox: RunningSandbox, sap_step: Step) -> None:
    run(sap_step)
    assert (sap_step.state, sap_step.reference) == (Step.State.DONE, "0000000001")
    [row] = sandbox.sales_orders()
    assert row["reference"] == sap_step.order.number
    assert [item["Material"] for item in row["payload"]["to_Item"]] == ["TG11", "TG12"]


def test_a_second_run_finds_the_first_ones_sales_order(sandbox: RunningSandbox, sap_step: Step) -> None:
    run(sap_step)
    run(sap_step)
    assert len(sandbox.sales_orders()) == 1
    assert sap_step.reference == "0000000001"


@pytest.mark.parametrize("kind", ["drop-reply", "cut-reply"])
def test_a_lost_answer_makes_no_second_sales_order(sandbox: RunningSandbox, sap_step: Step, kind: str) -> None:
    sap = client.sales_orders()
    sap.fetch_token()
    look_up = sap.find

    def find_then_fail(*args: Any, **options: Any) -> list[str]:
        found = look_up(*args, **options)
        sandbox.fail("sap", kind)  # The creation is the next request.
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sap, "find", find_then_fail)
        run(sap_step)
    assert sap_step.state == Step.State.WAITING
    assert sap_step.attempt_log.get().outcome == Attempt.Outcome.UNKNOWN
    assert len(sandbox.sales_orders()) == 1
    run(sap_step)
    assert sap_step.state == Step.State.DONE
    assert len(sandbox.sales_orders()) == 1


def test_nothing_is_created_while_sap_may_still_work_on_a_request_without_answer(
    sandbox: RunningSandbox, sap_step: Step, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, request_limit=timedelta(minutes=10))
    Step.objects.filter(pk=sap_step.pk).update(attempts=1)
    claim = taken(sap_step.order_id)
    assert claim.step.started_at
    lost = Attempt.objects.create(
        step=sap_step,
        number=99,
        started_at=claim.step.started_at,
        duration=timedelta(seconds=1),
        outcome=Attempt.Outcome.UNKNOWN,
    )
    with pytest.raises(Temporary, match="may still be working on it") as caught:
        create_sales_order(claim)
    assert caught.value.retry_after is not None
    assert timedelta(minutes=9) < caught.value.retry_after < timedelta(minutes=11)
    Attempt.objects.filter(pk=lost.pk).update(started_at=claim.step.started_at - timedelta(minutes=11))
    assert create_sales_order(claim).reference == "0000000001"


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=30)])
def test_after_the_clock_was_set_back_saps_limit_counts_from_the_next_try(
    sandbox: RunningSandbox, sap_step: Step, settings: Settings, by: timedelta
) -> None:
    settings.SAP = replace(settings.SAP, request_limit=timedelta(minutes=10))
    Step.objects.filter(pk=sap_step.pk).update(attempts=1)
    claim = taken(sap_step.order_id)
    began = claim.step.started_at
    assert began
    took = {"duration": timedelta(seconds=1)}
    Attempt.objects.create(step=sap_step, number=1, started_at=began + by, outcome=Attempt.Outcome.UNKNOWN, **took)
    with pytest.raises(Temporary, match="may still be working on it") as caught:
        create_sales_order(claim)
    assert caught.value.retry_after is not None
    assert timedelta(minutes=9) < caught.value.retry_after < timedelta(minutes=11)
    again = began - timedelta(minutes=9)
    later = Attempt.objects.create(step=sap_step, number=2, started_at=again, outcome=Attempt.Outcome.TEMPORARY, **took)
    with pytest.raises(Temporary, match="may still be working on it") as caught:
        create_sales_order(claim)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after < timedelta(minutes=2)
    Attempt.objects.filter(pk=later.pk).update(started_at=began - timedelta(minutes=11))
    assert create_sales_order(claim).reference == "0000000001"


def test_an_expired_session_is_renewed(sandbox: RunningSandbox, sap_step: Step) -> None:
    client.sales_orders().fetch_token()
    sandbox.server.sandbox.sap.forget_sessions()
    run(sap_step)
    assert sap_step.state == Step.State.DONE
    assert sap_step.attempts == 1


def test_a_session_that_is_lost_again_and_again_parks_nothing(sandbox: RunningSandbox, sap_step: Step) -> None:
    sandbox.fail("sap", "lose-session", count=0)
    run(sap_step)
    assert (sap_step.state, sap_step.attempt_log.get().code) == (Step.State.WAITING, "CSRF")
    assert sandbox.sales_orders() == []


def test_the_session_is_kept_between_orders(sandbox: RunningSandbox, sap_step: Step) -> None:
    assert client.sales_orders() is client.sales_orders()
    run(sap_step)
    token = client.sales_orders()._token
    client.sales_orders().create({"SalesOrderType": "OR", **SMALLEST}, assure=held)
    assert client.sales_orders()._token == token


SMALLEST = {
    "SalesOrganization": "1710",
    "DistributionChannel": "10",
    "OrganizationDivision": "00",
    "SoldToParty": "17100001",
}


def test_more_than_one_sales_order_in_sap_is_a_warning_for_staff(sandbox: RunningSandbox, sap_step: Step) -> None:
    for _ in range(2):
        client.sales_orders().create(
            {"SalesOrderType": "OR", "PurchaseOrderByCustomer": sap_step.order.number, **SMALLEST},
            assure=held,
        )
    run(sap_step)
    assert sap_step.state == Step.State.DONE
    assert sap_step.warning.startswith("SAP has 2 sales orders for this order: 0000000001, 0000000002.")


def effect(order: Order) -> Done:
    return create_sales_order(taken(order.pk))


def test_a_wrong_password_opens_the_circuit_breaker(sandbox: RunningSandbox, order: Order, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, password="wrong")
    with pytest.raises(LogonRefused, match="the password, the user or the client may be wrong"):
        effect(order)


def test_a_wrong_client_says_which(sandbox: RunningSandbox, order: Order, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, client="999")
    with pytest.raises(LogonRefused) as caught:
        effect(order)
    assert "client may be wrong" in caught.value.reason
    assert "web page" in caught.value.reason


def test_an_unknown_customer_is_parked_with_saps_words(
    sandbox: RunningSandbox, order: Order, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, sold_to="4711")
    with pytest.raises(Permanent, match="Sold-to party 4711 is not maintained") as caught:
        effect(order)
    assert caught.value.code == "VP/199"


def test_an_unknown_material_is_parked_with_saps_words(
    sandbox: RunningSandbox, order: Order, products: list[Product]
) -> None:
    products[0].sap_material = "NO-SUCH"
    products[0].save()
    with pytest.raises(Permanent, match="Material NO-SUCH is not defined"):
        effect(order)


@pytest.mark.parametrize("kind", ["html", "login"])
def test_a_login_page_instead_of_data_opens_the_circuit_breaker(
    sandbox: RunningSandbox, order: Order, kind: str
) -> None:
    sandbox.fail("sap", kind)
    with pytest.raises(LogonRefused, match="check address and logon"):
        effect(order)


def test_a_busy_sap_is_tried_again_when_it_asks_for_it(sandbox: RunningSandbox, order: Order) -> None:
    sandbox.fail("sap", "503")
    with pytest.raises(Temporary, match="busy or down") as caught:
        effect(order)
    assert caught.value.retry_after == timedelta(seconds=1)


def test_a_gateway_that_gave_up_leaves_the_outcome_unknown(sandbox: RunningSandbox, order: Order) -> None:
    sap = client.sales_orders()
    sap.fetch_token()
    sandbox.fail("sap", "504")
    with pytest.raises(UnknownOutcome, match="gave up waiting"):
        sap.create({"SalesOrderType": "OR", **SMALLEST}, assure=held)


def test_quotes_in_a_filter_are_doubled() -> None:
    assert literal("O'Neill") == "'O''Neill'"
