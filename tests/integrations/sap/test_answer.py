"""Every shape of a success: the number is read where it stands, and without a number nothing is done."""

import codecs
import gzip
import json

import pytest

from integrations.sap.answer import number, number_in
from orders.models import Attempt, Order, Step
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import CREATED, OddSap, Reply, atom, created, json_reply

pytestmark = pytest.mark.django_db

PLACE = "https://sap.example/sap/opu/odata/sap/API_SALES_ORDER_SRV/A_SalesOrder('4711')"
D = {"SalesOrder": "4711"}
NAMED = {
    "as documented": created({"d": D}),
    "status 200": created({"d": D}, 200),
    "a number": created({"d": {"SalesOrder": 4711}}),
    "a number with a point": created(b'{"d": {"SalesOrder": 4711.0}}'),
    "spaces": created({"d": {"SalesOrder": " 4711 "}}),
    "results an object": created({"d": {"results": D}}),
    "results a list of one": created({"d": {"results": [D]}}),
    "d a list of one": created({"d": [D]}),
    "V4": created(D),
    "V4 list": created({"value": [D]}),
    "other case": created({"d": {"salesOrder": "4711"}}),
    "a mark": created(codecs.BOM_UTF8 + json.dumps({"d": D}).encode()),
    "UTF-16": created(json.dumps({"d": D}).encode("utf-16")),
    "packed": created(gzip.compress(json.dumps({"d": D}).encode())),
    "Latin-1": created('{"d": {"SalesOrder": "4711", "Name": "Möller"}}'.encode("latin-1")),
    "the address in the body": created({"d": {"SalesOrder": None, "__metadata": {"uri": PLACE}}}),
    "201 and Location alone": created("", 201, Location=PLACE),
    "204 and Location": created("", 204, Location=PLACE),
    "Location beside null": created({"d": {"SalesOrder": None}}, Location=PLACE),
    "Location beside rubbish": created("{", Location="A_SalesOrder('4711')"),
    "Location, percent-encoded": created("", 204, Location="/x/A_SalesOrder(%274711%27)?sap-client=100"),
    "Location with the key's name": created("", 204, Location="/x/A_SalesOrder(SalesOrder='4711')"),
    "Location with more keys": created("", 201, Location="/x/SalesOrder(SalesOrder='4711',IsActiveEntity=true)"),
    "OData-EntityId": Reply(204, b"", {"OData-EntityId": PLACE}),
    "Atom": created(atom()),
    "Atom that calls itself HTML": Reply(201, atom().encode(), {"Content-Type": "text/html"}),
    "Atom with a mark": created("\ufeff" + atom()),
    "Atom with its address alone": created(atom("<d:SalesOrder m:null='true'/>", PLACE)),
}


@pytest.mark.parametrize("reply", NAMED.values(), ids=list(NAMED))
def test_the_number_is_read_where_it_stands(odd: OddSap, run_sap: RunSap, reply: Reply) -> None:
    odd.create = [reply]
    step = run_sap()
    assert (step.state, step.reference, step.attempts) == (Step.State.DONE, "4711", 1), step.reason


NAMELESS = {
    "null": created({"d": {"SalesOrder": None}}),
    "empty": created({"d": {"SalesOrder": ""}}),
    "blank": created({"d": {"SalesOrder": " "}}),
    "None": created({"d": {"SalesOrder": "None"}}),
    "zeros": created({"d": {"SalesOrder": "0000000000"}}),
    "true": created({"d": {"SalesOrder": True}}),
    "zero": created({"d": {"SalesOrder": 0}}),
    "fraction": created({"d": {"SalesOrder": 4711.5}}),
    "draft": created({"d": {"SalesOrder": "%00000001"}}),
    "object": created({"d": {"SalesOrder": {"value": "4711"}}}),
    "long": created({"d": {"SalesOrder": "4" * 300}}),
    "two": created({"d": {"results": [D, {"SalesOrder": "4712"}]}}),
    "no rows": created({"d": {"results": []}}),
    "no d": created({}),
    "d null": created({"d": None}),
    "text": created('"4711"'),
    "nothing": created(""),
    "204 alone": created("", 204),
    "202 with a monitor": created("", 202, Location="/monitor/4711"),
    "an item's address": created("", 201, Location="/x/A_SalesOrderItem(SalesOrder='4711',SalesOrderItem='10')"),
    "the set's address": created("", 201, Location="/x/A_SalesOrder"),
    "empty address": created("", 201, Location="/x/A_SalesOrder('')"),
    "another's address": created("", 201, Location="/x/C_A_SalesOrder('4711')"),
    "cut JSON": created('{"d": {"SalesOrder": "4711"'),
    "cut Atom": created(atom()[:-9]),
    "HTML with Location": created("<!-- x --><html></html>", 200, Location=PLACE),
}


@pytest.mark.parametrize("reply", NAMELESS.values(), ids=list(NAMELESS))
def test_without_a_number_nothing_is_done(odd: OddSap, run_sap: RunSap, reply: Reply) -> None:
    odd.create = [reply]
    step = run_sap()
    assert (step.state, step.reference) == (Step.State.WAITING, "")
    assert step.attempt_log.get().outcome == Attempt.Outcome.UNKNOWN
    assert "could not be read" in step.reason


def test_another_orders_number_is_not_ours(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [created({"d": D | {"PurchaseOrderByCustomer": "somebody else's"}}, Location=PLACE)]
    assert run_sap().state == Step.State.WAITING


def test_five_orders_whose_number_stands_in_the_address_leave_the_breaker_closed(
    odd: OddSap, run_sap: RunSap, order: Order
) -> None:
    odd.create = [created("", 204, Location=PLACE)]
    for _ in range(6):
        assert run_sap().state == Step.State.DONE


FOUND = json_reply(200, {"d": {"results": [D]}})


def test_the_answer_after_a_lost_one_is_looked_up_and_not_repeated(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [created("", 201), CREATED]
    run_sap()
    odd.look_up = [FOUND]
    assert (run_sap().reference, len(odd.created())) == ("4711", 1)


@pytest.mark.parametrize("status", [408, 502, 504, 520, 522, 524, 598, 599])
def test_a_proxy_that_gave_up_leaves_the_outcome_unknown_and_is_quoted(
    odd: OddSap, run_sap: RunSap, status: int
) -> None:
    odd.create = [Reply(status, b"<html><title>Gateway timeout</title></html>")]
    attempt = run_sap().attempt_log.get()
    assert (attempt.outcome, attempt.code) == (Attempt.Outcome.UNKNOWN, f"HTTP {status}")
    assert "Gateway timeout" in attempt.answer


@pytest.mark.parametrize("external", ["WEB-0001", "A1/2", "1"])
def test_numbers_of_an_external_range_are_numbers(external: str) -> None:
    assert number(external) == external
    assert number_in(f"/A_SalesOrder('{external}')") == external


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"upstream connect error or disconnect/reset before headers. reset reason: connection termination", "unknown"),
        (b"<html><title>503 Service Unavailable</title></html>", "temporary"),
    ],
)
def test_a_503_is_unknown_only_if_the_proxy_had_sent_it_on(
    odd: OddSap, run_sap: RunSap, body: bytes, outcome: str
) -> None:
    odd.create = [Reply(503, body)]
    assert run_sap().attempt_log.get().outcome == outcome
