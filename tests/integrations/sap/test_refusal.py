"""Every shape of a refusal: what is readable is read, and one odd detail spoils nothing else."""

import codecs
import gzip
import json
import time
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.http.remote import Remote
from integrations.sap.errors import failure
from integrations.sap.refusal import read_refusal
from integrations.sap.torn import read_torn
from orders.steps import Permanent, StepError, Temporary
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import OddSap, Reply, error_reply

LOCKED = "V1/042"
ERROR = {"code": LOCKED, "message": {"lang": "en", "value": "Customer is locked"}}
DETAIL = {"code": "VP/200", "message": "Enter another", "severity": "error"}
DOCUMENTED = {"error": ERROR | {"innererror": {"transactionid": "8E2F", "errordetails": [DETAIL]}}}
METADATA = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"


def answered(body: Any, status: int = 400) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return response


def judged(body: Any, status: int = 400) -> StepError:
    return failure(Remote("SAP"), answered(body, status), temporary=frozenset({LOCKED}), failures=0)


def inner(**content: Any) -> dict[str, Any]:
    return {"error": ERROR | {"innererror": {"transactionid": "8E2F", **content}}}


def xml(details: str = "", *, prolog: str = '<?xml version="1.0" encoding="utf-8"?>', end: str = "</error>") -> bytes:
    inside = f"<innererror><transactionid>8E2F</transactionid>{details}</innererror>"
    message = '<message xml:lang="en">Customer is locked</message>'
    return f'{prolog}<error xmlns="{METADATA}"><code>{LOCKED}</code>{message}{inside}{end}'.encode()


SHAPES: dict[str, Any] = {
    "as documented": inner(errordetails=[DETAIL]),
    "a text among the details": inner(errordetails=["x"]),
    "a number among the details": inner(errordetails=[3, None, True, [], DETAIL]),
    "one object": inner(errordetails=DETAIL),
    "errordetail": inner(errordetails={"errordetail": [DETAIL]}),
    "one errordetail": inner(errordetails={"errordetail": DETAIL}),
    "a text": inner(errordetails="x"),
    "no details": inner(errordetails=None),
    "innererror a text": {"error": ERROR | {"innererror": "x"}},
    "innererror a list": {"error": ERROR | {"innererror": [DETAIL]}},
    "innererror a number": {"error": ERROR | {"innererror": 5}},
    "an odd severity": inner(errordetails=[DETAIL | {"severity": {"a": 1}}]),
    "an odd code": inner(errordetails=[DETAIL | {"code": ["x"]}, DETAIL | {"code": {}}]),
    "message a list": {"error": ERROR | {"message": [{"lang": "en", "value": "Customer is locked"}]}},
    "message an empty object": {"error": {"code": LOCKED, "message": {}}},
    "no message": {"error": {"code": LOCKED}},
    "code in lower case": {"error": ERROR | {"code": " v1/042 "}},
    "capital names": {"Error": {"Code": LOCKED, "Message": {"Value": "Customer is locked"}}},
    "error a list": {"error": [ERROR]},
    "errors": {"errors": [ERROR, DETAIL]},
    "a list": [{"error": ERROR}],
    "a list of entries": [ERROR, DETAIL],
    "no envelope": ERROR,
    "behind d": {"d": {"error": ERROR}},
    "OData 3": {"odata.error": ERROR},
    "V4": {
        "error": {"code": LOCKED, "message": "Customer is locked", "details": [DETAIL], "@Common.numericSeverity": 4}
    },
    "API management": {"fault": {"faultstring": "Customer is locked", "detail": {"errorcode": LOCKED}}},
    "XML": xml("<errordetails><errordetail><code>VP/200</code><message>x</message></errordetail></errordetails>"),
    "XML without details": xml("<errordetails/>"),
    "XML with a prefix": b"<m:error><m:code>V1/042</m:code><m:message>Customer is locked</m:message></m:error>",
    "XML cut off": xml("<errordetails><errordetail><code>VP", end=""),
    "XML with a mark": codecs.BOM_UTF8 + xml(),
    "XML with a bare &": xml("<errordetails><errordetail><message>A & B</message></errordetail></errordetails>"),
    "a mark": codecs.BOM_UTF8 + json.dumps(inner()).encode(),
    "UTF-16": json.dumps(inner()).encode("utf-16"),
    "Latin-1": json.dumps(inner(errordetails="Möller"), ensure_ascii=False).encode("latin-1"),
    "packed": gzip.compress(json.dumps(inner()).encode()),
    "UTF-16 without a mark": json.dumps(inner()).encode("utf-16-le"),
    "JSON cut off": json.dumps(DOCUMENTED).encode()[:-9],
    "JSON cut off in a text": json.dumps(DOCUMENTED).encode()[:-35],
    "JSON cut off in an escape": json.dumps(inner(errordetails="M\u00f6ller")).encode()[:-12],
    "JSON with a line's end in a text": json.dumps(inner(errordetails="a|b")).replace("|", "\n").encode(),
    "JSON with a comma too many": json.dumps(DOCUMENTED).replace("}]", "},]").encode(),
    "JSON with something behind it": json.dumps(DOCUMENTED).encode() + b"\0\0<!-- gateway -->",
    "JSON with a value that is none": json.dumps(inner(errordetails=7)).replace("7", "undefined").encode(),
    "a number without end": json.dumps(inner(errordetails=7)).replace("7", "9" * 9000).encode(),
    "details without end": json.dumps(inner(errordetails=7)).replace("7", "[" * 9000).encode(),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_the_main_code_is_read_whatever_stands_beside_it(shape: Any) -> None:
    error = judged(shape)
    assert (type(error), error.code) == (Temporary, LOCKED)
    assert "locked" in error.reason


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
@pytest.mark.parametrize("status", [200, 400, 403, 404, 409, 412, 422, 428, 500, 503])
def test_no_shape_hides_a_lock_behind_its_status(shape: Any, status: int) -> None:
    assert type(judged(shape, status)) is Temporary


def test_the_readable_details_are_kept_beside_odd_ones() -> None:
    refusal = read_refusal(answered(inner(errordetails=["first", 3, {"errordetail": DETAIL}])))
    assert refusal.codes == (LOCKED, "", "VP/200")
    assert refusal.messages == ("Customer is locked", "first", "Enter another")
    assert refusal.transaction == "8E2F"


@pytest.mark.parametrize("length", range(29, len(json.dumps(DOCUMENTED))))
def test_wherever_json_breaks_off_what_stood_before_is_read(length: int) -> None:
    refusal = read_refusal(answered(json.dumps(DOCUMENTED).encode()[:length]))
    assert refusal.codes[0] == LOCKED
    assert all(said in "Customer is locked, Enter another" for said in refusal.messages)


@pytest.mark.parametrize("torn", ["[1,", "[x,", '["\\', "{}", '{"a":"', '"', "}", "[,"])
def test_no_torn_json_takes_long(torn: str) -> None:
    started = time.process_time()
    read_torn(torn[0] + torn[1:] * 50_000)
    read_torn(torn * 50_000)
    assert time.process_time() - started < 4


def test_notes_and_successes_are_no_errors() -> None:
    note = {"code": LOCKED, "message": "A note", "severity": "info"}
    success = {"code": LOCKED, "message": "Saved", "@Common.numericSeverity": 1}
    refusal = read_refusal(answered({"error": {"code": "VP/199", "message": "No", "details": [note, success]}}))
    assert (refusal.codes, refusal.messages) == (("VP/199",), ("No",))


def test_a_v4_transaction_is_found() -> None:
    body = {
        "error": {"code": "X/1", "message": "x", "innererror": {"ErrorDetails": {"@SAP__common.TransactionId": "8E"}}}
    }
    assert read_refusal(answered(body)).transaction == "8E"


@pytest.mark.parametrize("body", [b"", b"{", b"<", b"\xff\xfe", b"null", b"[]", b"5", b"[" * 90_000, b"<a>" * 90_000])
def test_what_says_nothing_is_known_by_its_status(body: bytes) -> None:
    error = judged(body)
    assert (type(error), error.code) == (Permanent, "HTTP 400")


def test_an_entity_bomb_is_not_read() -> None:
    bomb = b"<!DOCTYPE e [<!ENTITY a 'x'>]><error><code>&a;</code></error>"
    assert read_refusal(answered(bomb)).codes == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "message", "value", "innererror", "errordetails"]), below)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(error=JSON, status=st.sampled_from([200, 302, 400, 401, 403, 404, 423, 500, 501, 503]))
def test_any_json_is_judged(error: Any, status: int) -> None:
    assert isinstance(judged({"error": error}, status), StepError)


@settings(deadline=None)
@given(inner=JSON)
def test_whatever_is_inside_the_main_code_counts(inner: Any) -> None:
    assert judged({"error": ERROR | {"innererror": inner}}).code == LOCKED


@pytest.mark.django_db
def test_a_lock_with_an_odd_detail_waits_and_is_not_parked(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [error_reply(400, inner(errordetails=["x"])["error"])]
    step = run_sap()
    assert (step.state, step.attempt_log.get().code) == (step.State.WAITING, LOCKED)
    assert "Customer is locked" in step.reason


@pytest.mark.django_db
def test_an_xml_refusal_reads_like_any_other(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [Reply(400, xml().replace(LOCKED.encode(), b"VP/199"), {"Content-Type": "application/xml"})]
    step = run_sap()
    assert (step.state, step.attempt_log.get().code) == (step.State.PARKED, "VP/199")
    assert step.reason == "SAP did not accept the order: Customer is locked"
