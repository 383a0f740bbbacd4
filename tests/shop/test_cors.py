"""A shop front in a browser may call the API where the shop says so, and nothing else of the desk."""

import json
from typing import Any

import pytest
from django.conf import settings as desk
from django.test import Client

from shop.cors import MIDDLEWARE, READ, SENT, cors
from tests.factories import make_product

FRONT = "https://shop.example.com"


@pytest.fixture
def front(settings: Any) -> Client:
    """A client of a desk where this origin is allowed."""
    for name, value in cors([FRONT, "http://localhost:3000"], desk.MIDDLEWARE).items():
        setattr(settings, name, value)
    return Client(headers={"Origin": FRONT})


def preflight(client: Client, path: str = "/order", **headers: str) -> Any:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": ",".join(SENT)}
    return client.options(path, headers=asked | headers)


def test_without_the_setting_nothing_is_there_and_nothing_is_paid() -> None:
    assert cors([], desk.MIDDLEWARE) == {}
    assert MIDDLEWARE not in desk.MIDDLEWARE
    assert "Access-Control-Allow-Origin" not in preflight(Client(headers={"Origin": FRONT}))


def test_a_browser_may_ask_before_it_posts(front: Client) -> None:
    answer = preflight(front)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Access-Control-Allow-Origin"] == FRONT
    allowed = answer["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "idempotency-key", "content-type", "if-none-match"} <= set(allowed)
    assert "POST" in answer["Access-Control-Allow-Methods"]
    assert int(answer["Access-Control-Max-Age"]) > 600
    assert "Access-Control-Allow-Credentials" not in answer
    assert "origin" in answer["Vary"].lower()


@pytest.mark.parametrize("path", ["/order/x", "/order", "/problems/too-large"])
def test_answers_and_refusals_can_be_read_there(db: None, front: Client, path: str) -> None:
    answer = front.get(path)
    assert answer["Access-Control-Allow-Origin"] == FRONT
    assert answer["Access-Control-Expose-Headers"] == ", ".join(READ)
    assert {
        "Location",
        "ETag",
        "Retry-After",
        "RateLimit",
        "RateLimit-Policy",
        "Request-Id",
        "WWW-Authenticate",
    } <= set(READ)


def test_an_order_is_placed_from_there(db: None, front: Client) -> None:
    body = json.dumps({"customer_name": "Jo", "products_ids": [make_product().pk]})
    answer = front.post("/order", body, content_type="application/json")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (201, FRONT)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://shop.example.com", f"{FRONT}.evil.example", f"{FRONT}:444", "null", "x"]
)
def test_no_other_origin_may(front: Client, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(front, Origin=origin)
    assert "Access-Control-Allow-Origin" not in front.get("/problems/", headers={"Origin": origin})


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/login/", "/health", "/static/staff/desk.css", "/orders"])
def test_what_is_not_the_api_is_nobodys(db: None, front: Client, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in front.get(path)


def test_a_desk_that_is_away_can_be_read_as_such(front: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.operations.gate.THE_GATE.enter", lambda kind: None)
    answer = front.get("/order/x")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (503, FRONT)
