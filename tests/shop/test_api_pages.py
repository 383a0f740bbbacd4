"""The API's schema is served to programs, and shown to people."""

import json
import re

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from shop.openapi import FILE, document
from tests.servers.browser import Window
from tests.shop.operations.test_headers import policy


def test_the_schema_is_the_file_and_is_not_sent_twice() -> None:
    response = Client().get("/openapi.json")  # No fixture gives it a database: pytest-django refuses one.
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.content == FILE.read_bytes()
    assert response["Cache-Control"] == "public, max-age=3600"
    again = Client().get("/openapi.json", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    assert again["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("expected", ['"other"', "no tag"])
def test_who_expects_another_schema_gets_problem_details(expected: str) -> None:
    response = Client().get("/openapi.json", headers={"If-Match": expected})
    assert (response["Content-Type"], response.json()["status"], response.status_code) == (
        "application/problem+json", 412, 412,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/api"])
def test_both_can_only_be_read(path: str) -> None:
    response = Client().post(path, "{}", content_type="application/json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_the_page_has_every_operation_status_field_and_example_of_the_schema() -> None:
    page = Client().get("/docs/api")
    assert policy(page["Content-Security-Policy"])["default-src"] == ["'none'"]
    for path, item in document()["paths"].items():
        for method in item.keys() & {"get", "post"}:
            assert f"<b>{method.upper()}</b> {path}" in page.text
            section = page.text.split(f'<section id="{item[method]["operationId"]}">')[1].split("</section>")[0]
            assert re.findall(r"<dt><b>(\d+)</b>", section) == list(item[method]["responses"])
    for name, schema in document()["components"]["schemas"].items():
        section = page.text.split(f'<section id="{name}">')[1].split("</section>")[0]
        assert re.findall(r"<dt><code>(\w+)</code>", section) == list(schema["properties"])
    assert "Helgi Möller" in page.text
    assert "`" not in page.text


def test_every_link_of_the_page_leads_somewhere() -> None:
    page = Client().get("/docs/api").text
    ids = set(re.findall(r' id="([^"]+)"', page))
    links = set(re.findall(r'href="([^"]+)"', page))
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    for link in links:
        if not link.startswith("#"):
            assert Client().get(link).status_code == 200, link


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_in_a_browser_the_page_is_whole_and_everybody_can_use_it(
    live_server: LiveServer, window: Window, width: int, scheme: str
) -> None:
    window.resize(width)
    window.switch_to("dark" if scheme == "dark" else "light")
    window.page.goto(f"{live_server}/docs/api")
    for summary in window.page.locator("summary").all():
        summary.click()
    assert (window.findings(), window.overflow()) == ([], 0)
    window.page.get_by_role("link", name="NewOrder", exact=True).first.click()
    assert window.page.get_by_role("heading", name="NewOrder", exact=True).is_visible()
    window.page.get_by_role("link", name="openapi.json").click()
    assert json.loads(window.page.inner_text("pre"))["openapi"] == "3.1.0"
