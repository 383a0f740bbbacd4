"""A bounded copy of anything, which any database can store."""

import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kombu import Message

import integrations.sap.tasks  # noqa: F401 - a worker knows this task
from orders.messaging.letter import MOST_BODY, MOST_HEADERS, Letter, read, size
from orders.messaging.worker import wire

SAP = "integrations.sap.tasks.notify_sap"
REJECTED = {"reason": "rejected", "queue": "sap"}


def letter(body: bytes = b"[[1], {}, {}]", death: dict[str, Any] | None = None, **headers: Any) -> Any:
    """A message as it comes out of the dead letters' queue: by their exchange, if it died."""
    info = {"exchange": "sap", "routing_key": "sap"}
    if death is not None:
        headers["x-death"] = [death]
        info["exchange"] = "dead_letters"
    return Message(
        body=body, headers=headers, content_type="application/json", content_encoding="utf-8", delivery_info=info
    )


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"in": [value]}
    return value


def test_what_is_json_is_kept_as_it_came() -> None:
    kept = read(letter(b"\xff\x00", task=SAP, id="one", retries=0, x=[1, {"y": None}], part=0.5, sure=True))
    assert kept.headers == {"task": SAP, "id": "one", "retries": 0, "x": [1, {"y": None}], "part": 0.5, "sure": True}
    assert (kept.body, kept.body_size, kept.not_kept) == (b"\xff\x00", 2, [])
    assert (kept.exchange, kept.routing_key, kept.content_type) == ("sap", "sap", "application/json")


@pytest.mark.parametrize(
    "value",
    [
        "a\0b", "\ud800", float("nan"), float("-inf"), 10**400, b"\xff\0", bytearray(b"x"), Decimal("NaN"), (1, 2),
        datetime.now(UTC), {1: 2}, {"\ud800": 1}, {"a\0": [b"\xff"]}, nested(500), "x" * 200_000, object(), {1, 2},
    ],
)  # fmt: skip
def test_what_no_row_can_hold_becomes_text_and_is_told(value: Any) -> None:
    kept = read(letter(task=SAP, odd=value))
    assert kept.not_kept == ["its headers"]
    assert kept.headers["task"] == SAP
    stored = json.dumps(kept.headers, allow_nan=False, ensure_ascii=False).encode()
    assert rb"\u0000" not in stored


def test_a_large_body_is_cut_and_its_size_is_told() -> None:
    kept = read(letter(b"x" * (MOST_BODY + 5)))
    assert (len(kept.body), kept.body_size) == (MOST_BODY, MOST_BODY + 5)
    assert kept.not_kept == [f"its body of {MOST_BODY + 5} bytes (cut at {MOST_BODY})"]


def test_the_reason_is_of_the_whole_body() -> None:
    kept = read(letter(b"x" * (MOST_BODY + 5), death=REJECTED, task=SAP, id="one"))
    assert kept.why == f"its body has {MOST_BODY + 5} bytes, more than 16384"


@pytest.mark.parametrize(
    "deaths", ["rejected", [], [1], {}, {"reason": "rejected"}, [[{"reason": "rejected"}]], [{"reason": 7}], 0, [None]]
)
def test_an_x_death_that_is_none_of_the_brokers_is_a_header_as_others(deaths: Any) -> None:
    kept = read(letter(**{"x-death": deaths}))
    assert (kept.death, kept.headers) == ({}, {"x-death": deaths})


def test_a_death_that_a_sender_made_up_is_believed_of_nothing_that_no_queue_took() -> None:
    forged: Any = [REJECTED]
    kept = read(letter(**{"x-death": forged}))
    assert (kept.death, kept.why, kept.headers) == ({}, "", {"x-death": forged})


@pytest.mark.parametrize("info", [None, {}, {"exchange": 7, "routing_key": b"\xff"}, "x"])
def test_a_message_that_comes_from_nowhere_is_read(info: Any) -> None:
    message = SimpleNamespace(body=None, headers=None, properties=None, delivery_info=info, content_type=3.5)
    assert read(message).body_size == 0


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(["x-death", "task", "id", "reason"]) | st.text(st.characters())


def anything() -> st.SearchStrategy[Letter]:
    """What is kept of a message of anything."""
    properties = dict.fromkeys(("content_type", "content_encoding"), ANYTHING)
    message = st.builds(
        SimpleNamespace,
        body=st.binary() | st.text(st.characters()) | ANYTHING,
        headers=st.dictionaries(NAMES, ANYTHING) | ANYTHING,
        properties=ANYTHING,
        delivery_info=st.fixed_dictionaries({"exchange": ANYTHING, "routing_key": ANYTHING}) | ANYTHING,
        **properties,
    )
    return message.map(read)


@settings(max_examples=300, deadline=None)
@given(anything())
def test_whatever_it_is_it_is_read_and_bounded(kept: Letter) -> None:
    assert size(kept.headers) <= MOST_HEADERS + 20_000
    assert len(kept.content_encoding) <= 64
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 - its own


def test_a_compressed_message_is_copied_as_it_came() -> None:
    wire.read_anything()  # As in every worker: kombu decompresses nothing.
    kept = read(letter(b"plain", death=REJECTED, task=SAP, id="one", compression="zlib"))
    assert kept.body == b"plain"
    assert "compress" in kept.why
