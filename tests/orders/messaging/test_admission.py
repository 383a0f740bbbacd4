"""Which messages are the desk's own, and the true reason why another is not."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import integrations.sap.tasks
import integrations.segment.tasks  # noqa: F401
import orders.tasks  # noqa: F401
import printing.tasks  # noqa: F401
from orders.messaging.admission import is_chord_body, refusal
from orders.outbox.publisher import order_template, step_template

SAP = "integrations.sap.tasks.notify_sap"
SETTLE = "orders.tasks.settle_order"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


def refused(body: Any = b"[[1], {}, {}]", content_type: Any = "application/json", **headers: Any) -> str:
    """The reason for a message that is the desk's but for what is given; `...` leaves a header out."""
    given = {"task": SAP, "id": "one", **headers}
    kept = {name: value for name, value in given.items() if value is not ...}
    return refusal(kept, {}, content_type, "utf-8", body if isinstance(body, bytes) else json.dumps(body).encode())


def test_the_desks_own_messages_are_admitted() -> None:
    for message in (*order_template(("sap", "marketing", "printing")).fill_in(7), *step_template("sap").fill_in(8)):
        options = message.options
        properties = {"correlation_id": options["correlation_id"]}
        encoding = options["content_encoding"]
        assert refusal(options["headers"], properties, options["content_type"], encoding, message.body) == ""


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"task": ...}, "names no task"),
        ({"task": ["x"]}, "name of its task is no plain text"),
        ({"task": "shop.no_such"}, "there is no task 'shop.no_such'"),
        ({"task": "celery.chain"}, "none of the desk's"),
        ({"task": "celery.chord_unlock"}, "none of the desk's"),
        ({"id": ...}, "it has no id"),
        ({"id": ["x"]}, "its header 'id' is no plain text: a list"),
        ({"id": "x\nTask forged"}, "its header 'id' is no plain text: 'x\\nTask forged'"),
        ({"id": "x" * 256}, "its header 'id' is no plain text"),
        ({"timelimit": [1, 2, 3]}, "its header 'timelimit' is no pair of time limits"),
        ({"timelimit": [10**9, None]}, "its header 'timelimit' has limits that the desk does not set"),
        ({"eta": TOMORROW}, "its header 'eta' lies in the future"),
        ({"eta": "soon"}, "its header 'eta' is no date"),
        ({"expires": "2001-01-01T00:00:00"}, "it was too old"),
        ({"expires": {}}, "its header 'expires' is no date"),
        ({"retries": 10**30}, "its header 'retries' is no small number"),
        ({"compression": "zlib"}, "asks for decompression"),
        ({"callbacks": "x"}, "its header 'callbacks' is none of a task's"),
        ({"x-odd": [[[1]]]}, "its header 'x-odd' is no plain value"),
    ],
)
def test_odd_headers_are_told_as_what_they_are(headers: dict[str, Any], words: str) -> None:
    assert words in refused(**headers)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff{", "its body is no JSON"),
        (b"[" * 10_000, "its body is no JSON"),
        (b"[[NaN], {}, {}]", "its body is no JSON"),
        (b"[[" + b"9" * 5_000 + b"], {}, {}]", "its body is no JSON"),
        (b'[[], {"order_id": 1, "order_id": 2}, {}]', "its body has a key twice"),
        (b"x" * 20_000, "its body has 20000 bytes"),
        ([[1]], "its body is no list of arguments"),
        ({"a": 1}, "its body is no list of arguments"),
        ([7, {}, {}], "its arguments are no list and no table"),
        ([[2**63], {}, {}], "its arguments are not ids"),
        ([[0], {}, {}], "its arguments are not ids"),
        ([[True], {}, {}], "its arguments are not ids"),
        ([[1, 2], {}, {}], "its arguments don't fit the task"),
        ([[1], {}, []], "its third part is not what Celery sends"),
        ([[1], {}, {"callbacks": [{"task": SAP}]}], "it asks for more tasks (callbacks)"),
        ([[1], {}, {"chain": [{"task": SAP}]}], "it asks for more tasks (chain)"),
        ([[1], {}, {"chord": {"task": SAP, "args": [1]}}], "its chord has another body than the desk's"),
    ],
)
def test_odd_bodies_are_told_as_what_they_are(body: Any, words: str) -> None:
    assert words in refused(body)


def test_a_past_eta_and_a_future_end_are_no_reasons() -> None:
    assert refused(eta="2001-01-01T00:00:00Z", expires=TOMORROW) == ""


@pytest.mark.parametrize("args", [[], [1, 2], ["1"], [True], [2**63], [0], 1, None])
def test_a_chord_runs_with_exactly_one_id(args: Any) -> None:
    assert not is_chord_body({"task": SETTLE, "args": args, "kwargs": {}})
    assert is_chord_body({"task": SETTLE, "args": [1], "kwargs": {}})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(["task", "id", "eta", "expires", "timelimit", "retries", "root_id", "compression"]) | st.text()


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, st.just(SAP) | ANYTHING) | ANYTHING, ANYTHING, ANYTHING, st.binary())
def test_nothing_whatever_raises(headers: Any, content_type: Any, encoding: Any, body: bytes) -> None:
    reason = refusal(headers, {}, content_type, encoding, body)
    assert reason
    assert reason.isprintable()
    assert len(reason) < 400
