"""Nothing of a person gets into reason, attempt, warning or log, whatever SAP quotes."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from orders.models import Order, Step
from tests.integrations.deliveries import EVERYTHING
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import OddSap, Reply, error_reply, json_reply
from tests.integrations.wire import Wire

pytestmark = pytest.mark.django_db

SAID = (
    "Text of Helgi Möller has 40 characters, MÖLLER, HELGI; leave it with; Ingeborg Sørensen, SØRENSEN;"
    " Kløvermarksvej 70, Opgang Ekspresso, 2300 KØBENHAVN S; Frida.Blömqvist@Post.Example, frida;"
    " +4533123456, 33 12 34 56; WEB-2026/0815"
)
# In small letters, as they are looked for. 2300 may stand in an order's number, but not beside the city.
PERSONAL = (
    *("helgi", "möller", "ller", "leave it", "ingeborg", "sørensen", "rensen", "vermarksvej", "ekspresso", "benhavn"),
    *("frida", "blömqvist", "mqv", "post.example", "33123456", "12 34 56", " 2300", "web-2026", "0815"),
)
BODY = json.dumps({"error": {"code": "V1/042", "message": SAID}})
HTML = f"<html><title>{SAID}</title></html>"
REPLIES: dict[str, tuple[str, Reply]] = {
    "refusal": ("create", error_reply(400, {"code": "VP/199", "message": SAID})),
    "escaped": ("create", Reply(400, json.dumps({"error": {"code": "VP/199", "message": SAID}}).encode())),
    "detail": ("create", error_reply(400, {"code": "VP/199", "innererror": {"errordetails": [SAID]}})),
    "code": ("create", error_reply(400, {"code": "Helgi", "message": "x"})),
    "transaction": ("create", error_reply(400, {"code": "V/1", "innererror": {"transactionid": "Helgi"}})),
    "lock": ("create", Reply(400, BODY.encode())),
    "XML": ("create", Reply(400, f"<error><code>VP/199</code><message>{SAID}</message></error>".encode())),
    "text": ("create", Reply(400, SAID.encode())),
    "Latin-1": ("create", Reply(400, SAID.encode("latin-1"))),
    "page": ("create", Reply(400, HTML.encode())),
    "page of success": ("create", Reply(200, HTML.encode())),
    "unreadable": ("create", Reply(201, SAID.encode())),
    "gateway": ("create", Reply(504, HTML.encode())),
    "500": ("create", error_reply(500, {"code": "X/1", "message": SAID})),
    "503": ("create", error_reply(503, {"code": "X/1", "message": SAID})),
    "401": ("create", Reply(401, HTML.encode())),
    "403": ("create", error_reply(403, {"code": "X/1", "message": SAID})),
    "404": ("create", error_reply(404, {"code": "X/1", "message": SAID})),
    "redirect": ("create", Reply(302, b"", {"Location": "/login/Helgi%20M%C3%B6ller"})),
    "look-up": ("look_up", Reply(200, json.dumps({"d": {"Name": SAID}}).encode())),
    "look-up refused": ("look_up", error_reply(400, {"code": "VP/199", "message": SAID})),
    "root": ("root", error_reply(500, {"code": "VP/199", "message": SAID})),
    "warning": (
        "create",
        json_reply(201, {"d": {"SalesOrder": "4711"}}, **{"sap-message": json.dumps({"message": SAID})}),
    ),
}


@pytest.mark.parametrize("before", range(185, 300, 5))
@pytest.mark.parametrize("title", [True, False])
def test_no_half_of_a_name_is_kept_where_an_answer_is_cut(
    odd: OddSap, run_sap: RunSap, order: Order, before: int, title: bool
) -> None:
    Order.objects.filter(pk=order.pk).update(shipping_name="Bhbhbhbhbhbhbhbh", shipping_country="DE")
    said = "x " * (before // 2) + "Bhbhbhbhbhbhbhbh"
    odd.create = [Reply(400, (f"<html><title>{said}</title></html>" if title else said).encode())]
    assert "bhb" not in (run_sap().reason + order.steps.get(name="sap").attempt_log.get().answer).lower()


@pytest.mark.parametrize(("where", "reply"), REPLIES.values(), ids=list(REPLIES))
def test_no_name_is_kept_or_logged(
    odd: OddSap, run_sap: RunSap, order: Order, caplog: Any, where: str, reply: Reply
) -> None:
    Order.objects.filter(pk=order.pk).update(**EVERYTHING)
    setattr(odd, where, [reply])
    with caplog.at_level(logging.DEBUG):
        step = run_sap()
    attempt = step.attempt_log.get()
    told = "\n".join([step.reason, step.next_action, step.warning, attempt.code, attempt.answer, caplog.text]).lower()
    for word in PERSONAL:
        assert word not in told.replace(order.number.lower(), "")


def test_the_rest_of_what_sap_said_is_kept(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [REPLIES["refusal"][1]]
    assert run_sap().reason.startswith("SAP did not accept the order: Text of [redacted] has 40 characters")


def test_a_broken_answer_is_not_quoted_with_an_address(
    run_sap: RunSap, order: Order, wire: Wire, settings: Settings, caplog: Any
) -> None:
    """A status line that is none stands in the error that the HTTP library raises."""
    Order.objects.filter(pk=order.pk).update(**EVERYTHING)
    settings.SAP = replace(settings.SAP, url=wire(f"{SAID}\r\n\r\n".encode()), user="u", password="p")
    with caplog.at_level(logging.DEBUG):
        step = run_sap()
    attempt = step.attempt_log.get()
    assert "[redacted]" in attempt.answer
    told = "\n".join([step.reason, attempt.answer, caplog.text]).lower()
    assert not [word for word in PERSONAL if word in told.replace(order.number.lower(), "")]


def test_a_customer_named_by_one_letter_spoils_nothing(odd: OddSap, run_sap: RunSap, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(customer_name="e")
    said = "The sold-to party is not maintained; see e.g. the sales area"
    odd.create = [error_reply(400, {"code": "E/042", "message": said})]
    step = run_sap()
    assert step.reason == f"SAP did not accept the order: {said.replace('e.g', '[redacted].g')}"
    assert step.attempt_log.get().code == "E/042"


def test_a_city_of_one_letter_spoils_nothing(odd: OddSap, run_sap: RunSap, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(shipping_city="E", shipping_country="FR")
    said = "The sold-to party is not maintained; see the sales area"
    odd.create = [error_reply(400, {"code": "E/042", "message": said})]
    step = run_sap()
    assert step.reason == f"SAP did not accept the order: {said}"
    assert step.attempt_log.get().code == "E/042"


def test_what_no_database_takes_is_recorded_all_the_same(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [Reply(400, json.dumps({"error": {"code": "V\0/1", "message": "a\0b\ud800"}}).encode())]
    step = run_sap()
    assert (step.state, step.reason) == (Step.State.PARKED, "SAP did not accept the order: a\ufffdb\ufffd")
