"""A customer's program, as far as a test needs one."""

import json
from typing import Any

from orders.models import Order
from orders.problem_types import TYPES
from tests.orders.api.schema import CheckedClient

NAMED = {"customer_name": "Jo"}
A_KEY = "6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11"  # of idempotency


class Shop:
    """The API as a customer's program sees it."""

    def __init__(self) -> None:
        self.client = CheckedClient(raise_request_exception=False)

    def post(self, body: Any, content_type: str = "application/json", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic("POST", "/order", data, content_type, headers=named)

    def cancel(self, number: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/order/{number}/cancel", headers=named)

    def get(self, number: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"/order/{number}", headers=named)


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem details of an answer, whose outside is checked here."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    kind = TYPES[body["type"].removeprefix("/problems/")]
    assert body.pop("request_id") == response["Request-Id"]
    assert (body["title"], body["status"], kind.status) == (kind.title, status, status)
    return body


def faults(response: Any) -> dict[str, str]:
    """Messages by JSON pointer."""
    body = problem(response, 400)
    assert not Order.objects.exists()
    return {error["pointer"]: error["detail"] for error in body["errors"]}
