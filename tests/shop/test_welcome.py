"""Who comes to the desk's address finds the way: a person by a page, a program by JSON."""

import re

import pytest
from django.test import Client
from django.urls import set_script_prefix
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.servers.browser import Window

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}


def test_a_browser_gets_a_page_whose_every_link_leads_somewhere(db: None, settings: Settings) -> None:
    settings.SHOP_NAME = "Tom & <b>Jerry</b>"
    client = Client()
    response = client.get("/", headers=BROWSER)
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<h1>Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;</h1>" in response.text
    links = re.findall(r'<a href="([^"]+)"', response.text)
    assert links == ["/admin/", "/docs/api.md", "/docs/api", "/openapi.json", "/health/ready"]
    for link in [*links, *re.findall(r'<link [^>]*href="([^"]+)"', response.text)]:
        assert client.get(link).status_code in (200, 302), link


@pytest.mark.parametrize("accept", ["*/*", "application/json", "", "application/json, text/html;q=0.5", "image/png"])
def test_a_program_gets_the_same_as_json(accept: str) -> None:
    response = Client().get("/", headers={"Accept": accept} if accept else {})
    assert response.json() == {
        "name": "Order desk",
        "order": "http://testserver/order",
        "health": "http://testserver/health/ready",
        "docs": "http://testserver/docs/api.md",
        "schema": "http://testserver/openapi.json",
        "admin": "http://testserver/admin/",
    }
    assert response["Vary"] == "Accept"


@pytest.mark.parametrize("odd", ["a*=nonsense''%41", "a*=utf-8''x; a*0=y", f"a*{'9' * 5000}=x", "a*0*=undefined''%41"])
def test_who_asks_for_what_can_not_be_read_is_a_program(odd: str) -> None:
    for path, status in (("/", 200), ("/nowhere", 404)):
        response = Client().get(path, headers={"Accept": f"text/html; {odd}"})
        assert (response.status_code, "json" in response["Content-Type"]) == (status, True)


def test_the_docs_are_readable_text() -> None:
    response = Client().get("/docs/api.md")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "## Place an order" in response.text


def test_a_person_who_went_astray_gets_the_page_with_the_way() -> None:
    response = Client().get("/nowhere", headers=BROWSER)
    assert response.status_code == 404
    assert "There is nothing at this address." in response.text
    assert 'href="/admin/"' in response.text


def test_where_the_desk_is_mounted_all_its_own_links_begin_with_that(db: None) -> None:
    set_script_prefix("/desk/")  # The server's part.
    try:
        for path in ("/", "/track/x", "/problems/", "/problems/unreadable", "/admin/login/", "/nowhere"):
            page = Client().get(path, headers=BROWSER, SCRIPT_NAME="/desk").content.decode()
            links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
            assert links, path
            assert [link for link in links if not link.startswith("/desk/")] == []
        assert Client().get("/favicon.ico")["Location"] == "/desk/static/welcome.svg"
    finally:
        set_script_prefix("/")


def test_the_icon_is_only_read() -> None:
    response = Client(enforce_csrf_checks=True).post("/favicon.ico")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_an_order_that_is_posted_here_is_told_where_to_go() -> None:
    response = Client().post("/", "{}", content_type="application/json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["detail"] == "This address can only be read. Orders are placed by POST /order."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 820, 390])
def test_in_a_browser_the_page_is_whole_and_everybody_can_use_it(
    live_server: LiveServer, window: Window, width: int, scheme: str
) -> None:
    window.resize(width)
    window.switch_to("dark" if scheme == "dark" else "light")
    window.page.goto(f"{live_server}/")
    assert (window.findings(), window.overflow()) == ([], 0)
    window.page.get_by_role("link", name="The API").click()
    assert "POST /order" in window.page.inner_text("body")
    window.page.go_back()
    window.page.get_by_role("link", name="Admin").click()
    assert "/admin/login/" in window.page.url
