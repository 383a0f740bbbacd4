import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from orders.messaging.following import Taken
from shop.operations.following.shown import MOST, as_json, as_line


def taken(body: bytes, **properties: Any) -> Taken:
    return Taken("orders.events", "order.packed", True, properties, body)


def test_json_is_nested_text_is_text_and_all_else_is_base64() -> None:
    assert json.loads(as_json(taken(b'{"a": [1]}', message_id="x/1"))) == {
        "exchange": "orders.events",
        "routing_key": "order.packed",
        "redelivered": True,
        "properties": {"message_id": "x/1"},
        "body": {"a": [1]},
    }
    assert json.loads(as_json(taken(b"plain")))["body"] == "plain"
    assert json.loads(as_json(taken(b"null")))["body"] == "null"
    assert base64.b64decode(json.loads(as_json(taken(b"\xff")))["body_base64"]) == b"\xff"


@pytest.mark.parametrize(
    "body", [b"NaN", b"[1e999]", b"9" * 5000, b"[" * 100_000, b"{", b'"\\ud800"', b"\xef\xbb\xbf1"]
)
def test_what_json_can_not_say_is_no_json(body: bytes) -> None:
    line = as_json(taken(body))
    assert isinstance(json.loads(line, parse_constant=pytest.fail), dict)
    assert as_line(taken(body))


def test_headers_of_any_kind_are_said_somehow() -> None:
    headers = {"at": datetime(2026, 11, 27, tzinfo=UTC), "bytes": b"\xff", "list": [None, True]}
    assert json.loads(as_json(taken(b"1", application_headers=headers)))["properties"]["application_headers"] == {
        "at": "2026-11-27 00:00:00+00:00",
        "bytes": "b'\\xff'",
        "list": [None, True],
    }
    nan = json.loads(as_json(taken(b"1", application_headers={"x": float("nan")})))
    assert nan["properties"] == {"unreadable": "{'application_headers': {'x': nan}}"}


def test_a_line_is_bounded_and_one_line() -> None:
    line = as_line(taken("é\n\x1b[2J\u202e".encode() + b"x" * 5000))
    assert line.startswith("order.packed  é\N{REPLACEMENT CHARACTER}")
    assert line.isprintable()
    assert len(line) < MOST + 40
    assert line.endswith(" …  (again)")


@pytest.mark.parametrize("data", ["null", "{}", "[1]", '"x"', '{"order_num": 1, "step": "sap"}'])
def test_an_event_tells_its_type_its_id_and_its_data(data: str) -> None:
    line = as_line(taken(f'{{"specversion": "1.0", "type": "t", "id": "N/1", "data": {data}}}'.encode()))
    assert line.startswith("t  N/1  ")
    assert "order_num" not in line
