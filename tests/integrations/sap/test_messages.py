"""What SAP says beside a success becomes the step's warning."""

import json
from dataclasses import replace
from typing import Any

import pytest
import requests
from pytest_django import Settings

from integrations.sap import tasks
from integrations.sap.messages import warnings
from orders.lifecycle import cancel_order
from orders.models import Attempt, Order, Step
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import OddSap, Reply, json_reply

INCOMPLETE = {"code": "V1/555", "message": "The sales document is not yet complete", "severity": "warning"}
BLOCKED = {"code": "V1/849", "message": "Delivery block set", "severity": "warning"}
SAVED = {"code": "V1/311", "message": "Standard Order 4711 has been saved", "severity": "success"}
XML = (
    "<?xml version='1.0'?><notification xmlns='x'><code>V1/555</code><message>Incomplete</message>"
    "<severity>warning</severity><details><detail><message>Saved</message><severity>info</severity></detail>"
    "<detail><message>Blocked</message><severity>error</severity></detail></details></notification>"
)
SEVERE = [
    ("warning", True),
    ("error", True),
    (None, True),
    ("odd", True),
    (3, True),
    ("info", False),
    ("success", False),
]


def answered(value: str, header: str = "sap-message") -> requests.Response:
    response = requests.Response()
    response.headers[header] = value
    return response


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (json.dumps(INCOMPLETE), ["The sales document is not yet complete"]),
        (json.dumps(SAVED | {"details": [INCOMPLETE, BLOCKED]}), [INCOMPLETE["message"], BLOCKED["message"]]),
        (json.dumps(INCOMPLETE | {"details": ["x", 3, INCOMPLETE]}), [INCOMPLETE["message"], "x"]),
        (json.dumps([INCOMPLETE, SAVED]), [INCOMPLETE["message"]]),
        (f"{json.dumps(INCOMPLETE)}, {json.dumps(BLOCKED)}", [INCOMPLETE["message"], BLOCKED["message"]]),
        (json.dumps({"code": "V1/555"}), ["V1/555"]),
        (json.dumps({"message": "Möller"}, ensure_ascii=False).encode().decode("latin-1"), ["Möller"]),
        (json.dumps({"message": "Möller"}, ensure_ascii=False), ["Möller"]),
        (json.dumps({"message": "Möller"}), ["Möller"]),
        ("%7B%22message%22%3A%22incomplete%22%7D", ["incomplete"]),
        (XML, ["Incomplete", "Blocked"]),
        ("Order incomplete", ["Order incomplete"]),
        ("", []),
        ("null", []),
        (json.dumps(SAVED), []),
    ],
)
def test_a_message_is_read_in_every_shape(value: str, said: list[str]) -> None:
    assert warnings(answered(value)) == said


@pytest.mark.parametrize(("severity", "told"), SEVERE)
def test_notes_and_successes_are_no_warnings(severity: Any, told: bool) -> None:
    assert bool(warnings(answered(json.dumps({"message": "x", "severity": severity})))) is told


@pytest.mark.parametrize(("number", "told"), [(1, False), (2, False), (3, True), (4, True)])
def test_v4_says_its_severity_as_a_number(number: int, told: bool) -> None:
    value = json.dumps([{"message": "x", "numericSeverity": number}])
    assert bool(warnings(answered(value, "sap-messages"))) is told


@pytest.mark.parametrize("value", ["{", "[" * 90_000, "<a", "%", '{"message": {"value": {"value": []}}}', "[3]"])
def test_an_odd_message_is_no_crash(value: str) -> None:
    assert isinstance(warnings(answered(value)), list)


@pytest.mark.django_db
def test_an_incomplete_order_is_done_with_a_warning(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [json_reply(201, {"d": {"SalesOrder": "4711"}}, **{"sap-message": json.dumps(INCOMPLETE)})]
    step = run_sap()
    assert (step.state, step.reference) == (Step.State.DONE, "4711")
    assert step.warning == "SAP says: The sales document is not yet complete"
    assert step.attempt_log.get().answer == "created sales order 4711 · The sales document is not yet complete"


@pytest.mark.django_db
def test_a_saved_order_is_done_without_a_warning(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [json_reply(201, {"d": {"SalesOrder": "4711"}}, **{"sap-message": json.dumps(SAVED)})]
    assert run_sap().warning == ""


@pytest.mark.django_db
def test_what_sap_says_beside_a_rejection_is_the_warning_of_its_step(
    odd: OddSap, run_sap: RunSap, order: Order, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    run_sap()
    cancel_order(order.pk, by="test")
    odd.look_up = [json_reply(200, {"d": {"results": [{"SalesOrder": "4711"}]}})]
    odd.items = [json_reply(200, {"d": {"results": [{"SalesOrderItem": "10"}, {"SalesOrderItem": "20"}]}})]
    odd.change = [Reply(204, b"", {"sap-message": json.dumps(BLOCKED)})]
    tasks.cancel_in_sap(order.pk)
    step = order.steps.get(name="sap_cancel")
    assert (step.attempt_log.get().outcome, step.warning) == (Attempt.Outcome.DONE, "SAP says: Delivery block set")
