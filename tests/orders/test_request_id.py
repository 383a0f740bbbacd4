"""The id of a request, and the trace that it belongs to."""

from collections.abc import Iterator

import pytest

from orders import request_id

VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    request_id.end()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (VALID, VALID),
        (f"cc{VALID[2:]}", f"cc{VALID[2:]}"),
        (f"cc{VALID[2:]}-what-comes-later", f"cc{VALID[2:]}"),
        (f"{VALID}-more", ""),
        (f"cc{VALID[2:]}.more", ""),
        (f"ff{VALID[2:]}", ""),
        (VALID.upper(), ""),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", ""),
        (f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01", ""),
        (f" {VALID}", ""),
        (f"{VALID}\n", ""),
        ("", ""),
        ("00-1-2-3", ""),
        (None, ""),
        (17, ""),
    ],
)  # fmt: skip
def test_a_traceparent_is_taken_if_it_is_valid(given: object, found: str) -> None:
    assert request_id.read_trace(given) == found


def test_the_next_request_of_a_thread_has_nothing_of_the_one_before() -> None:
    request_id.begin("front-17", VALID)
    assert (request_id.current(), request_id.trace()) == ("front-17", VALID)
    request_id.begin("", "")
    assert request_id.current() != "front-17"
    assert request_id.trace() == ""


def test_inside_a_step_lines_belong_to_the_request_of_its_order() -> None:
    request_id.begin("outer")
    with request_id.of("of the order"):
        assert request_id.current() == "of the order"
    assert request_id.current() == "outer"
