"""A lock that lasts, a look-up that finds nothing, and SAP's language: each says the right thing."""

from typing import Any

import pytest
from pytest_django import Settings

from integrations.sap import tasks
from orders.lifecycle import cancel_order
from orders.models import Order, Step
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import OddSap, Reply, error_reply, json_reply

pytestmark = pytest.mark.django_db

LOCK = error_reply(400, {"code": "V1/042", "message": "Customer 1 is locked by user X"})
SAID = "Customer 1 is locked by user X"


def after(failures: int, order: Order, run_sap: RunSap) -> Step:
    order.steps.filter(name="sap").update(failures=failures)
    return run_sap()


@pytest.mark.parametrize("status", [200, 400, 409, 423, 500])
def test_a_lock_is_waited_for_then_named_then_parked(
    odd: OddSap, order: Order, run_sap: RunSap, settings: Settings, status: int
) -> None:
    odd.create = [Reply(status, LOCK.body)]
    settings.RETRY_DELAYS = settings.RETRY_DELAYS[:1] * 8
    step = after(0, order, run_sap)
    assert (step.state, step.reason) == (Step.State.WAITING, f"SAP says it is locked or busy just now: {SAID}")
    step = after(5, order, run_sap)
    assert step.state == Step.State.WAITING
    assert step.reason == f"SAP has said 6 times that it is locked or busy (transaction SM12 in SAP shows who): {SAID}"
    step = after(8, order, run_sap)
    assert (step.state, step.reason) == (Step.State.PARKED, f"SAP keeps saying that it is locked or busy: {SAID}")
    assert "SM12" in step.next_action


def test_a_423_with_an_unknown_code_is_a_lock(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [error_reply(423, {"code": "X/001", "message": SAID}, **{"Retry-After": "60"})]
    step = run_sap()
    assert (step.state, step.reason) == (Step.State.WAITING, f"SAP says it is locked or busy just now: {SAID}")


NOT_FOUND: dict[str, tuple[Any, str]] = {
    "no service": (error_reply(404, {"code": "/IWFND/MED/170", "message": "No service"}), "SAP has no such service"),
    "page": (Reply(404, b"<html><title>Not found</title></html>"), "SAP has no such service: web page “Not found”"),
    "empty": (Reply(404), "SAP has no such service: HTTP 404"),
    "resource": (
        error_reply(404, {"code": "/IWBEP/CM_MGW_RT/020", "message": "Resource not found for segment"}),
        "SAP does not find what it was asked for: Resource not found for segment",
    ),
}


@pytest.mark.parametrize(("reply", "words"), NOT_FOUND.values(), ids=list(NOT_FOUND))
def test_a_look_up_that_ends_in_404_is_never_taken_for_none(
    odd: OddSap, run_sap: RunSap, reply: Reply, words: str
) -> None:
    odd.look_up = [reply]
    step = run_sap()
    assert (step.state, odd.created()) == (Step.State.PARKED, [])
    assert step.reason.startswith(words)
    assert step.next_action


def test_a_cancelled_order_that_the_look_up_no_longer_finds_is_a_persons(
    odd: OddSap, order: Order, run_sap: RunSap
) -> None:
    assert run_sap().reference == "4711"
    cancel_order(order.pk, by="test")
    tasks.cancel_in_sap(order.pk)
    step = order.steps.get(name="sap_cancel")
    assert step.state == Step.State.PARKED
    assert "sales order 4711, but SAP's look-up does not find it" in step.reason


def test_sap_is_asked_to_speak_english(odd: OddSap, run_sap: RunSap) -> None:
    run_sap()
    assert {request.query["sap-language"] for request in odd.requests} == {"EN"}
    assert {request.query["sap-client"] for request in odd.requests} == {"100"}
    assert {request.headers["Accept-Language"] for request in odd.requests} == {"en"}


def test_a_message_in_another_language_is_quoted_as_it_is(odd: OddSap, run_sap: RunSap) -> None:
    message = {"lang": "de", "value": "Auftraggeber 4711 ist für den Vertriebsbereich nicht gepflegt"}
    odd.create = [error_reply(400, {"code": "VP/199", "message": message})]
    assert run_sap().reason == f"SAP did not accept the order: {message['value']}"


def test_a_person_is_told_of_each_sales_order_to_cancel(odd: OddSap, order: Order, run_sap: RunSap) -> None:
    run_sap()
    cancel_order(order.pk, by="test")
    odd.look_up = [json_reply(200, {"d": {"results": [{"SalesOrder": "4711"}, {"SalesOrder": "4712"}]}})]
    tasks.cancel_in_sap(order.pk)
    assert "sales order 4711, 4712" in order.steps.get(name="sap_cancel").reason
