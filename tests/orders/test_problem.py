"""An error about an order as problem details, whichever way the order came."""

from collections.abc import Iterator
from typing import Any

from orders.errors import BodyTooLarge, NotAccepted, OrderError
from orders.problem import details, errors, shape
from orders.problem_types import TYPES, type_of


def test_each_message_has_a_pointer_to_what_it_is_about() -> None:
    nested: Any = {"name": ["a", "b"], "lines": {3: {"quantity": ["c"]}}}
    assert list(errors(nested)) == [
        {"pointer": "#/name", "detail": "a"},
        {"pointer": "#/name", "detail": "b"},
        {"pointer": "#/lines/3/quantity", "detail": "c"},
    ]


def test_a_refused_order_says_where_to_look() -> None:
    assert details(NotAccepted({"name": ["a"]})) == {
        "type": "/problems/not-accepted",
        "title": "The order was not accepted",
        "status": 400,
        "detail": "The order was not accepted; see `errors`.",
        "errors": [{"pointer": "#/name", "detail": "a"}],
    }


def kinds(error: type[OrderError] = OrderError) -> Iterator[type[OrderError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_each_error_about_an_order_has_a_type_of_its_status() -> None:
    from orders.intake import taking

    found = set(kinds())
    assert {taking.GaveUp, NotAccepted} <= found
    for kind in found:
        assert type_of(kind.status, kind.type).status == kind.status, kind
        assert not kind.type or kind.type in TYPES, kind


def test_what_has_no_type_of_its_own_is_told_by_its_status_alone() -> None:
    assert shape(409) == {"type": "/problems/conflict", "title": "It can't be done as things are", "status": 409}
    assert shape(418) == {"type": "about:blank", "title": "I'm a Teapot", "status": 418}


def test_any_other_error_has_its_own_words_and_status() -> None:
    told = details(BodyTooLarge())
    assert (told["status"], told["detail"]) == (413, "The body is larger than 1 MB.")
    assert "errors" not in told
