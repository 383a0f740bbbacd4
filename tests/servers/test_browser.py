"""What the tests of pages rely on: a window sees what a visitor's browser complains of."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.servers.browser import Window

PAGES = {
    "/good": "<title>Good</title><main><h1>Good</h1><label>Name <input></label></main>",
    "/wide": "<title>Wide</title><main><h1>Wide</h1><table width=2000><tr><td>x</td></tr></table></main>",
    "/inline-style": "<title>Style</title><p style='color:red'>x</p>",
    "/inline-script": "<title>Script</title><script>document.title = 'ran'</script>",
    "/foreign": "<title>Foreign</title><img alt=x src='http://elsewhere.example/x.png'>",
    "/missing": "<title>Missing</title><img alt=x src='/nowhere.png'>",
    "/unlabelled": "<title>Unlabelled</title><main><h1>No label</h1><input></main>",
    "/pale": "<title>Pale</title><main><h1>Pale</h1><p style='color:#bbb;background:#fff'>Too pale</p></main>",
}
STRICT = {"/inline-style", "/inline-script"}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.path in STRICT:
            self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(f'<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,">{body}</html>'.encode())

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_good_page_has_nothing_to_complain_of(window: Window, site: str) -> None:
    window.page.goto(f"{site}/good")
    assert (window.complaints, window.findings(), window.overflow()) == ([], [], 0)


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("inline-style", "Content Security Policy"),
        ("inline-script", "Content Security Policy"),
        ("foreign", "a foreign host was asked: http://elsewhere.example/x.png"),
        ("missing", "404"),
    ],
)
def test_what_the_browser_complains_of_is_noted(window: Window, site: str, page: str, complaint: str) -> None:
    window.page.goto(f"{site}/{page}")
    assert any(complaint in line for line in window.complaints)
    window.allowed = [complaint, "ERR_NAME_NOT_RESOLVED"]
    assert window.complaints == []


def test_an_uncaught_exception_is_noted(window: Window, site: str) -> None:
    window.page.goto(f"{site}/good")
    window.page.evaluate("setTimeout(() => { throw new Error('lost') })")
    for _ in range(750):
        if not window._complaints:
            window.page.wait_for_timeout(20)  # milliseconds, in which the browser is heard
    window.allowed = ["uncaught: lost"]
    assert window.complaints == [] != window._complaints


@pytest.mark.parametrize(("page", "rule"), [("unlabelled", "label (critical)"), ("pale", "color-contrast (serious)")])
def test_axe_finds_what_some_people_can_not_use(window: Window, site: str, page: str, rule: str) -> None:
    window.page.goto(f"{site}/{page}")
    assert [line for line in window.findings() if line.startswith(rule)] == window.findings() != []


def test_scrolling_sideways_is_measured(window: Window, site: str) -> None:
    window.resize(820)
    window.page.goto(f"{site}/wide")
    assert window.overflow() > 1000


def test_a_page_that_is_left_loses_no_complaint(window: Window, site: str) -> None:
    for page in ("missing", "good"):
        window.page.goto(f"{site}/{page}")
    assert len(window.complaints) == 1
    window.allowed = ["404"]


def test_the_database_is_there_beside_the_browser(window: Window, site: str, db: None) -> None:
    """Django refuses it in a thread with a running event loop, and Playwright has one."""
    window.page.goto(f"{site}/good")
    User.objects.create_user("somebody")
    window.page.on("dialog", lambda dialog: dialog.accept())
    assert window.page.evaluate("confirm('Shall I?')") is True
    assert User.objects.count() == 1


def test_a_window_is_signed_in_as_a_test_client_is(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None]
) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    sign_in(client, live_server.url)
    window.page.goto(f"{live_server}/admin/password_change/")
    assert window.page.locator("#user-tools strong").inner_text().lower() == "boss"
