"""Every answer tells the browser to run and show nothing but the desk's own files."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from shop import urls
from shop.operations.headers import HEADERS, headers

ROOT = Path(__file__).parents[3]
ADDRESSES = {
    "/": None,
    "/health": HTTPStatus.OK,
    "/health/ready": HTTPStatus.OK,
    "/nowhere": HTTPStatus.NOT_FOUND,
    "/order": HTTPStatus.UNAUTHORIZED,
    "/order/7K3M-Q9TX-2BDF": HTTPStatus.NOT_FOUND,
    "/admin": HTTPStatus.MOVED_PERMANENTLY,
    "/admin/": HTTPStatus.OK,
    "/admin/nowhere/": HTTPStatus.NOT_FOUND,
    "/admin/jsi18n/": HTTPStatus.OK,
    "/admin/orders/order/1/": HTTPStatus.FOUND,
    "/static/staff/desk.css": HTTPStatus.OK,
    "/static/nowhere.css": HTTPStatus.NOT_FOUND,
}


@pytest.fixture
def boss(db: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("boss"))
    return client


def policy(text: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_policy(boss: Client, address: str) -> None:
    response = boss.get(address)
    assert ADDRESSES[address] in (None, response.status_code)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_so_do_answers_to_strangers_and_refusals(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    answers = [
        client.get("/admin/login/"),
        client.post("/admin/login/", {"username": "x", "password": "y"}),
        client.get("/order/x", headers={"Host": "evil.example"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 403, 400]
    assert all(answer.headers["Content-Security-Policy"] for answer in answers)


def test_so_does_an_error_of_ours(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.staff.figures.figures", lambda first, last: 1 / 0)
    response = boss.get("/admin/integrations/purchase/")
    assert response.status_code == 500
    assert response.headers["Content-Security-Policy"]


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    rules = policy(HEADERS["Content-Security-Policy"])
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]  # For this one default-src says nothing.
    assert {value for values in rules.values() for value in values} <= {"'self'", "'none'"}


def test_the_other_headers_are_there_too(boss: Client) -> None:
    found = boss.get("/admin/").headers
    assert found["X-Frame-Options"] == "DENY"
    assert found["Referrer-Policy"] == "same-origin"
    assert found["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_page_may_have_a_policy_of_its_own() -> None:
    own = RequestFactory().get("/")

    def page(request: object) -> object:
        response = urls.handler404(own, Exception("x"))
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    assert headers(page)(own).headers["Content-Security-Policy"] == "default-src 'self'"  # type: ignore[arg-type]


def test_no_template_of_ours_has_anything_inline() -> None:
    pages = list((ROOT / "shop").rglob("*.html"))
    assert len(pages) > 7
    for page in pages:
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)|data:", page.read_text()), page
