"""Whatever is logged is one line of valid JSON."""

import json
import logging
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.json_lines import JsonLines


class Sulky:
    def __str__(self) -> str:
        raise ValueError("not today")

    __repr__ = __str__


def line(message: Any, *values: Any, **extra: Any) -> dict[str, Any]:
    record = logging.LogRecord("orders.here", logging.INFO, __file__, 1, message, values, None)
    vars(record).update(extra)
    text = JsonLines().format(record)
    assert "\n" not in text
    assert text.isascii()

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    found: dict[str, Any] = json.loads(text, parse_constant=refuse)
    json.dumps(found, ensure_ascii=False).encode()  # No half of a surrogate pair.
    return found


def test_a_line_has_its_time_level_logger_message_and_what_was_given_with_it() -> None:
    found = line("step %s of %s", "sap", "7K3M", order="7K3M", milliseconds=12, request_id="")
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "INFO", "logger": "orders.here", "message": "step sap of 7K3M", "order": "7K3M", "milliseconds": 12,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "values", "shown"),
    [
        ("two\nlines\r\x00\x1b[31m", (), "two\nlines\r\x00\x1b[31m"),
        ("%s", ("Þórður \udcff",), "Þórður \\udcff"),
        ("%s and %s", ("one",), "%s and %s ('one',)"),
        ("%d", ("no number",), "%d ('no number',)"),
        (b"\xff\xfebytes", (), "b'\\xff\\xfebytes'"),
        ("%s", (Sulky(),), "%s <a tuple that can't be shown: ValueError>"),
        (Sulky(), (), "<a Sulky that can't be shown: ValueError> ()"),
        ({"a": 1}, (), "{'a': 1}"),
    ],
)
def test_messages_of_any_kind(message: Any, values: tuple[Any, ...], shown: str) -> None:
    assert line(message, *values).get("message", "") == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (b"caf\xe9", "caf\\xe9"),
        ({("a", 1): {2}, None: b"x"}, {"('a', 1)": [2], "None": "x"}),
        (Sulky(), "<a Sulky that can't be shown: ValueError>"),
        ("\ud83d", "\\ud83d"),
        (2**63 - 1, 2**63 - 1),
        (-(2**64), str(-(2**64))),
        pytest.param(10**5000, "<a int that can't be shown: ValueError>", id="huge"),
        ([[[[[[[["deep"]]]]]]]], [[[[["[[['deep']]]"]]]]]),
    ],
)
def test_values_of_any_kind(value: Any, shown: Any) -> None:
    assert line("x", detail=value)["detail"] == shown


def test_a_value_that_holds_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert line("x", detail=endless)["message"] == "x"


def test_an_exception_is_a_field() -> None:
    try:
        raise RuntimeError("broken\nin two \udc80")
    except RuntimeError:
        record = logging.LogRecord("orders.here", logging.ERROR, __file__, 1, "it broke", (), sys.exc_info())
    found = json.loads(JsonLines().format(record))
    assert found["message"] == "it broke"
    assert "RuntimeError: broken\nin two \\udc80" in found["exception"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | st.binary(), st.tuples(anything) | st.tuples(), anything)
def test_anything_at_all(message: Any, values: tuple[Any, ...], detail: Any) -> None:
    line(message, *values, detail=detail)
