"""No customer's name gets into reason, attempt, warning or log, whatever SAP quotes."""

import json
import logging
from typing import Any

import pytest

from orders.models import Order, Step
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import OddSap, Reply, error_reply, json_reply

pytestmark = pytest.mark.django_db

SAID = "Text of Helgi Möller has 40 characters, MÖLLER, HELGI; leave it at"
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


@pytest.mark.parametrize(("where", "reply"), REPLIES.values(), ids=list(REPLIES))
def test_no_name_is_kept_or_logged(
    odd: OddSap, run_sap: RunSap, order: Order, caplog: Any, where: str, reply: Reply
) -> None:
    Order.objects.filter(pk=order.pk).update(note="Please leave it at the door")
    setattr(odd, where, [reply])
    with caplog.at_level(logging.DEBUG):
        step = run_sap()
    attempt = step.attempt_log.get()
    told = "\n".join([step.reason, step.next_action, step.warning, attempt.code, attempt.answer, caplog.text]).lower()
    for word in ("helgi", "möller", "ller", "leave it"):
        assert word not in told.replace(order.number.lower(), "")


def test_the_rest_of_what_sap_said_is_kept(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [REPLIES["refusal"][1]]
    assert run_sap().reason.startswith("SAP did not accept the order: Text of [redacted] has 40 characters")


def test_a_customer_named_by_one_letter_spoils_nothing(odd: OddSap, run_sap: RunSap, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(customer_name="e")
    said = "The sold-to party is not maintained; see e.g. the sales area"
    odd.create = [error_reply(400, {"code": "E/042", "message": said})]
    step = run_sap()
    assert step.reason == f"SAP did not accept the order: {said.replace('e.g', '[redacted].g')}"
    assert step.attempt_log.get().code == "E/042"


def test_what_no_database_takes_is_recorded_all_the_same(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [Reply(400, json.dumps({"error": {"code": "V\0/1", "message": "a\0b\ud800"}}).encode())]
    step = run_sap()
    assert (step.state, step.reason) == (Step.State.PARKED, "SAP did not accept the order: a\ufffdb\ufffd")
