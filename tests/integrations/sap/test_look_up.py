"""What a look-up proves: only an empty list means that there is no sales order."""

import codecs
import json
from dataclasses import replace

import pytest
from pytest_django import Settings

from integrations.sap import tasks
from orders.lifecycle import cancel_order
from orders.models import Order, Step
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import OddSap, Reply, atom, feed, json_reply

pytestmark = pytest.mark.django_db

D = {"SalesOrder": "4711"}
FOUND = {
    "as documented": json_reply(200, {"d": {"results": [D]}}),
    "a number": json_reply(200, {"d": {"results": [{"SalesOrder": 4711}]}}),
    "the same twice": json_reply(200, {"d": {"results": [D, D]}}),
    "d a list": json_reply(200, {"d": [D]}),
    "results an object": json_reply(200, {"d": {"results": D}}),
    "V4": json_reply(200, {"value": [D]}),
    "a mark": Reply(200, codecs.BOM_UTF8 + json.dumps({"d": {"results": [D]}}).encode()),
    "Atom": feed(atom()),
    "another case": json_reply(200, {"d": {"results": [{"salesorder": "4711"}]}}),
}


@pytest.mark.parametrize("reply", FOUND.values(), ids=list(FOUND))
def test_what_the_look_up_finds_is_not_created_again(odd: OddSap, run_sap: RunSap, reply: Reply) -> None:
    odd.look_up = [reply]
    step = run_sap()
    assert (step.state, step.reference, step.warning) == (Step.State.DONE, "4711", ""), step.reason
    assert odd.created() == []


NOTHING_FOUND = {
    "as documented": json_reply(200, {"d": {"results": []}}),
    "d a list": json_reply(200, {"d": []}),
    "V4": json_reply(200, {"value": []}),
    "Atom": feed(),
}


@pytest.mark.parametrize("reply", NOTHING_FOUND.values(), ids=list(NOTHING_FOUND))
def test_an_empty_list_means_that_there_is_none(odd: OddSap, run_sap: RunSap, reply: Reply) -> None:
    odd.look_up = [reply]
    assert run_sap().state == Step.State.DONE
    assert len(odd.created()) == 1


NO_PROOF = {
    "nothing": Reply(200),
    "204": Reply(204),
    "empty object": json_reply(200, {}),
    "d null": json_reply(200, {"d": None}),
    "d empty": json_reply(200, {"d": {}}),
    "results null": json_reply(200, {"d": {"results": None}}),
    "results an empty object": json_reply(200, {"d": {"results": {}}}),
    "results an empty text": json_reply(200, {"d": {"results": ""}}),
    "results a text": json_reply(200, {"d": {"results": "none"}}),
    "a number": json_reply(200, 0),
    "a row without number": json_reply(200, {"d": {"results": [{}]}}),
    "a row with null": json_reply(200, {"d": {"results": [{"SalesOrder": None}]}}),
    "a row that is a text": json_reply(200, {"d": {"results": ["4711"]}}),
    "cut JSON": Reply(200, b'{"d": {"results": ['),
    "cut Atom": Reply(200, feed().body[:-3]),
    "others' rows": json_reply(200, {"d": {"results": [D | {"PurchaseOrderByCustomer": "somebody else's"}]}}),
    "a row of nobody, with null": json_reply(200, {"d": {"results": [D | {"PurchaseOrderByCustomer": None}]}}),
    "an empty page before others": json_reply(200, {"d": {"results": [], "__next": "A_SalesOrder?$skiptoken=1"}}),
    "an empty page of V4": json_reply(200, {"value": [], "@odata.nextLink": "A_SalesOrder?$skiptoken=1"}),
    "a row of nobody": json_reply(200, {"d": {"results": [D | {"PurchaseOrderByCustomer": ""}]}}),
}


@pytest.mark.parametrize("reply", NO_PROOF.values(), ids=list(NO_PROOF))
def test_a_look_up_that_proves_nothing_creates_nothing(odd: OddSap, run_sap: RunSap, reply: Reply) -> None:
    odd.look_up = [reply]
    step = run_sap()
    assert (step.state, step.reference) == (Step.State.WAITING, "")
    assert odd.created() == []


def test_items_that_are_not_all_are_not_taken_for_all(
    odd: OddSap, run_sap: RunSap, order: Order, settings: Settings
) -> None:
    """A cancelled order whose second page of items nobody rejects would be delivered in part."""
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    run_sap()
    cancel_order(order.pk, by="test")
    odd.look_up = [json_reply(200, {"d": {"results": [D]}})]
    page = {"results": [{"SalesOrderItem": "10"}], "__next": "to_Item?$skiptoken=1"}
    odd.items = [json_reply(200, {"d": page})]
    tasks.cancel_in_sap(order.pk)
    assert order.steps.get(name="sap_cancel").state == Step.State.WAITING
    assert odd.asked("PATCH") == []


def test_an_empty_answer_says_so(odd: OddSap, run_sap: RunSap) -> None:
    odd.look_up = [Reply(200)]
    assert run_sap().reason == "SAP's answer was empty."


def test_two_sales_orders_are_a_warning_with_both_numbers(odd: OddSap, run_sap: RunSap) -> None:
    odd.look_up = [json_reply(200, {"d": {"results": [{"SalesOrder": 4711}, {"SalesOrder": "4712"}]}})]
    step = run_sap()
    assert (step.state, step.reference) == (Step.State.DONE, "4711")
    assert step.warning == "SAP has 2 sales orders for this order: 4711, 4712. Reject all but the first."


def test_only_our_own_rows_count(odd: OddSap, run_sap: RunSap, order: Order) -> None:
    ours = {"SalesOrder": "4712", "PurchaseOrderByCustomer": order.number.lower()}
    odd.look_up = [json_reply(200, {"d": {"results": [D | {"PurchaseOrderByCustomer": "x"}, ours]}})]
    assert run_sap().reference == "4712"
