from typing import Any

import pytest
from django.test import Client
from rest_framework.exceptions import ValidationError

from orders.api.problems import errors, problem


def test_each_message_has_a_pointer_to_what_it_is_about() -> None:
    nested: Any = {"name": ["a", "b"], "lines": {3: {"quantity": ["c"]}}, "non_field_errors": ["d"]}
    assert list(errors(ValidationError(nested).detail)) == [
        {"pointer": "#/name", "detail": "a"},
        {"pointer": "#/name", "detail": "b"},
        {"pointer": "#/lines/3/quantity", "detail": "c"},
        {"pointer": "#", "detail": "d"},
    ]


def test_a_refused_order_says_where_to_look() -> None:
    body = problem(400, ValidationError({"name": ["a"]}))
    assert (body["title"], body["status"]) == ("Bad Request", 400)
    assert body["detail"] == "The order was not accepted; see `errors`."


def test_a_fault_of_the_desk_tells_the_customer_nothing_of_its_inside(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*args: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("orders.api.views.read_number", break_down)
    response = Client(raise_request_exception=False).get("/order/7K3M-Q9TX-2BDF")
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "the secret inside" in caplog.text
