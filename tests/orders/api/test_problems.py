from typing import Any

import pytest
from django.test import Client


def test_a_fault_of_the_desk_tells_the_customer_nothing_of_its_inside(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*args: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("orders.api.views.read_typed", break_down)
    response = Client(raise_request_exception=False).get("/order/7K3M-Q9TX-2BDF")
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "the secret inside" in caplog.text
