"""An error about an order as problem details, whichever way the order came."""

from typing import Any

from orders.errors import BodyTooLarge, NotAccepted
from orders.problem import details, errors


def test_each_message_has_a_pointer_to_what_it_is_about() -> None:
    nested: Any = {"name": ["a", "b"], "lines": {3: {"quantity": ["c"]}}}
    assert list(errors(nested)) == [
        {"pointer": "#/name", "detail": "a"},
        {"pointer": "#/name", "detail": "b"},
        {"pointer": "#/lines/3/quantity", "detail": "c"},
    ]


def test_a_refused_order_says_where_to_look() -> None:
    assert details(NotAccepted({"name": ["a"]})) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "The order was not accepted; see `errors`.",
        "errors": [{"pointer": "#/name", "detail": "a"}],
    }


def test_any_other_error_has_its_own_words_and_status() -> None:
    told = details(BodyTooLarge())
    assert (told["status"], told["detail"]) == (413, "The body is larger than 1 MB.")
    assert "errors" not in told
