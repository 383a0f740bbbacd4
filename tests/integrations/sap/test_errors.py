import json
from typing import Any

import pytest
import requests

from integrations.http.remote import Remote
from integrations.sap.errors import failure
from integrations.sap.refusal import read_refusal
from orders.steps import LogonRefused, Permanent, StepError, Temporary

LOCKED = "V1/042"


def answered(status: int, body: Any = "", **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    response.encoding = "utf-8"
    response.headers.update(headers)
    return response


def envelope(message: Any, *details: dict[str, Any], code: str = "VP/199") -> dict[str, Any]:
    return {
        "error": {
            "code": code,
            "message": message,
            "innererror": {"transactionid": "8E2F", "errordetails": list(details)},
        }
    }


def fault(status: int, body: Any = "", failures: int = 0) -> StepError:
    remote = Remote("SAP", secrets=["s3cret"])
    return failure(remote, answered(status, body), temporary=frozenset({LOCKED}), failures=failures)


@pytest.mark.parametrize("message", [{"lang": "en", "value": "Unknown customer"}, "Unknown customer"])
@pytest.mark.parametrize("detail", [{"lang": "en", "value": "Enter another"}, "Enter another"])
def test_a_message_may_be_an_object_or_a_string(message: str | dict[str, str], detail: str | dict[str, str]) -> None:
    body = envelope(message, {"code": "VP/200", "message": detail, "severity": "error"})
    refusal = read_refusal(answered(400, body))
    assert refusal.codes == ("VP/199", "VP/200")
    assert refusal.messages == ("Unknown customer", "Enter another")


def test_the_transaction_id_is_kept_for_saps_staff() -> None:
    assert "transaction 8E2F" in fault(400, envelope("Unknown customer")).answer


def test_a_business_error_needs_a_person_and_repeats_saps_words() -> None:
    error = fault(400, envelope("Sold-to party 4711 not maintained"))
    assert isinstance(error, Permanent)
    assert error.reason == "SAP did not accept the order: Sold-to party 4711 not maintained"
    assert error.code == "VP/199"


@pytest.mark.parametrize(
    "body",
    [envelope("Locked", code=LOCKED), envelope("Locked", {"code": LOCKED, "message": "Locked", "severity": "error"})],
    ids=["main", "detail"],
)
def test_a_code_listed_as_temporary_is_tried_again(body: Any) -> None:
    assert type(fault(400, body)) is Temporary


def test_a_refused_logon_opens_the_circuit_breaker() -> None:
    error = fault(401, "<html><head><title>Logon Error Message</title></head></html>")
    assert isinstance(error, LogonRefused)
    assert "the password, the user or the client may be wrong" in error.reason
    assert "Logon Error Message" in error.reason


def test_an_internal_error_is_tried_a_few_times_then_a_person_must_look() -> None:
    assert type(fault(500, envelope("Dump"), failures=4)) is Temporary
    assert isinstance(fault(500, envelope("Dump"), failures=5), Permanent)


@pytest.mark.parametrize("status", [408, 423, 429, 502, 503, 504])
def test_a_busy_sap_is_tried_again(status: int) -> None:
    assert type(fault(status, "<html><title>busy</title></html>")) is Temporary


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "does not let our user"), (404, "no such service"), (412, "did not accept"), (428, "did not accept")],
)
def test_other_refusals_need_a_person(status: int, words: str) -> None:
    error = fault(status, envelope("No"))
    assert isinstance(error, Permanent)
    assert words in error.reason
    assert error.next_action


def test_an_html_page_is_known_by_its_title() -> None:
    page = "<!DOCTYPE html><html><head><title>Service\n cannot be reached</title></head></html>"
    assert read_refusal(answered(404, page)).messages == ("web page “Service cannot be reached”",)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"error": 5}', '{"error": {"innererror": {"errordetails": [3]}}}'])
def test_an_answer_of_no_known_form_is_no_crash(body: Any) -> None:
    assert isinstance(fault(400, body), Permanent)


def test_the_password_does_not_get_into_the_attempt() -> None:
    assert "s3cret" not in fault(400, envelope("Password s3cret is wrong")).reason
