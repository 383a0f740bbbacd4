"""What the shipped nginx answers by itself can be read by a shop front that runs in a browser."""

import http.client
import json
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orders.body import MAX_BODY
from shop.cors import SENT
from shop.quickstart.ports import free_port
from tests.servers import nginx
from tests.servers.browser import Window

FRONT = "https://tea.example.org"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
READ = """async url => {
    const answer = await fetch(url, {method: 'POST', body: '{}', headers: {'Content-Type': 'application/json',
        'Authorization': 'Bearer desk_x', 'Idempotency-Key': 'a-1'}});
    const {type, request_id} = await answer.json();
    return [answer.status, type, answer.headers.get('Retry-After'), answer.headers.get('Request-Id') === request_id];
}"""


SHIPPED = nginx.SHIPPED
NAMED = (
    '#"https://shop.example.com" 1;',
    f'"{FRONT}" 1; "~^http://localhost:[0-9]+$" 1;',  # The second one is the real browser's.
)


@pytest.fixture(scope="module")
def down(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx before a desk that is down, with the shop front's origin in its file."""
    with shipped_with(tmp_path_factory.mktemp("nginx"), NAMED), nginx.server(free_port()) as port:
        yield port


@contextmanager
def shipped_with(folder: Path, *changes: tuple[str, str]) -> Iterator[None]:
    text = SHIPPED.read_text()
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    (folder / "nginx.conf").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nginx, "SHIPPED", folder / "nginx.conf")
        yield


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[int]:
    """nginx before a desk that takes a request and says nothing: for a second, not for thirty."""
    impatient = ("proxy_read_timeout 30s", "proxy_read_timeout 1s")
    with (
        socket.create_server(("127.0.0.1", 0)) as desk,
        shipped_with(tmp_path, NAMED, impatient),
        nginx.server(desk.getsockname()[1]) as port,
    ):
        yield port


def ask(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, bytes, Any]:
    """Status, body and headers."""
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        lines = {"Host": "localhost", "Origin": FRONT, "Connection": "close", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in (lines | (headers or {})).items())
        client.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = http.client.HTTPResponse(client, method=method)
        answer.begin()
        return answer.status, answer.read(), answer.headers


def read_by_scripts(told: tuple[int, bytes, Any], status: int, name: str) -> None:
    assert (told[0], json.loads(told[1])["type"]) == (status, f"/problems/{name}")
    assert told[2].get_all("Access-Control-Allow-Origin") == ["*"]
    assert {"Retry-After", "Request-Id"} <= set(told[2]["Access-Control-Expose-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in told[2]


@pytest.mark.parametrize("path", ["/order", "/order/7K3M-Q9TX-2BDF", "/product?limit=2", "/openapi.json"])
def test_that_the_desk_is_down(down: int, path: str) -> None:
    read_by_scripts(ask(down, "GET", path), 502, "bad-gateway")


def test_that_the_body_is_too_large_and_what_can_not_be_read(down: int) -> None:
    length = {"Content-Length": str(MAX_BODY + 1)}
    read_by_scripts(ask(down, "POST", "/order", length), 413, "too-large")
    read_by_scripts(ask(down, "GET", "/order", {"Request-Id": "x" * 20_000}), 400, "bad-request")
    read_by_scripts(ask(down, "TRACE", "/order"), 405, "method-not-allowed")


def test_that_the_desk_takes_too_long(silent: int) -> None:
    read_by_scripts(ask(silent, "GET", "/order/7K3M-Q9TX-2BDF"), 504, "gateway-timeout")
    assert ask(silent, "OPTIONS", "/order", PREFLIGHT)[0] == 204


def test_that_nginx_can_not_keep_a_body(down: int) -> None:
    """A full disk, for example; here its folder is gone."""
    folder = nginx.folders[down] / "body"
    shutil.rmtree(folder)
    try:
        read_by_scripts(ask(down, "POST", "/order", body=b"x" * 500_000), 500, "internal-error")
    finally:
        folder.mkdir()


def test_a_browser_that_asks_first_while_the_desk_is_down_goes_on_and_hears_of_it(down: int) -> None:
    status, body, headers = ask(down, "OPTIONS", "/order", PREFLIGHT)
    assert (status, body, headers["Access-Control-Allow-Origin"]) == (204, b"", "*")
    assert headers["Access-Control-Allow-Headers"].split(", ") == SENT
    assert "POST" in headers["Access-Control-Allow-Methods"].split(", ")
    assert headers["Access-Control-Max-Age"] == "0"


@pytest.mark.parametrize("origin", ["https://elsewhere.example.org", "null", FRONT + ".evil.example", ""])
def test_a_page_that_the_file_does_not_name_may_not_go_on(down: int, origin: str) -> None:
    """Which origins may order, the desk decides. While it can't, those alone that are known may."""
    read_by_scripts(ask(down, "OPTIONS", "/order", PREFLIGHT | {"Origin": origin}), 502, "bad-gateway")


def test_an_options_that_is_no_browsers_question_is_told_that_the_desk_is_down(down: int) -> None:
    read_by_scripts(ask(down, "OPTIONS", "/order"), 502, "bad-gateway")


@pytest.mark.parametrize("path", ["/", "/admin/", "/health", "/orders", "/x?/order", "/nginx/preflight"])
def test_what_is_not_the_api_is_nobodys(down: int, path: str) -> None:
    for method in ("GET", "OPTIONS"):
        status, _, headers = ask(down, method, path, PREFLIGHT)
        assert (status in (404, 502), "Access-Control-Allow-Origin" in headers) == (True, False), method


HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/admin/", "/desk/pack/7K3M-Q9TX-2BDF", "/track/7K3M-Q9TX-2BDF", "/admin/?q=/order"])
def test_people_see_a_page_while_the_desk_is_down(down: int, path: str) -> None:
    """Staff, and customers who follow an order, saw JSON."""
    for method in ("GET", "POST"):
        status, body, headers = ask(down, method, path, HTML, b"code=7" if method == "POST" else b"")
        assert (status, headers["Content-Type"], headers["Retry-After"]) == (502, "text/html; charset=utf-8", "5")
        assert b"load this page again" in body
        assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert json.loads(ask(down, "GET", path, {"Accept": "application/json"})[1])["type"] == "/problems/bad-gateway"


def test_programs_are_told_as_before_whatever_they_take(down: int) -> None:
    read_by_scripts(ask(down, "GET", "/order/7K3M-Q9TX-2BDF", HTML), 502, "bad-gateway")
    assert ask(down, "OPTIONS", "/order", PREFLIGHT | HTML)[0] == 204


def test_who_sends_too_large_a_file_of_products_is_told_how_large_it_may_be(down: int) -> None:
    """It said, as JSON, that 1 MB is the most; such a file may have eight."""
    length = {"Content-Length": str(10 * MAX_BODY)}
    status, body, headers = ask(down, "POST", "/admin/orders/product/import/", HTML | length)
    assert (status, headers["Content-Type"], b"may have 8 MB" in body) == (413, "text/html; charset=utf-8", True)


def test_a_real_browser_shows_a_person_that_the_desk_is_down(window: Window, down: int) -> None:
    window.allowed = ["Failed to load resource"]
    window.page.goto(f"http://127.0.0.1:{down}/admin/")
    assert window.page.get_by_role("heading").inner_text() == "Not just now"
    assert window.overflow() == 0
    assert window.findings() == []


def test_a_real_browser_reads_it(window: Window, down: int) -> None:
    """Its page is another origin's: the same server by another name."""
    window.allowed = ["Failed to load resource"]
    window.page.goto(f"http://localhost:{down}/order")
    told = window.page.evaluate(READ, f"http://127.0.0.1:{down}/order")
    assert told == [502, "/problems/bad-gateway", "5", True]


def test_every_page_of_the_proxys_own_is_for_scripts() -> None:
    """Also those that no test here brings about: too many connections."""
    pages = re.findall(r"location [^{]+\{([^{}]*(?:\{[^{}]*\})?[^{}]*)return \d+ '\{", nginx.SHIPPED.read_text())
    assert len(pages) == 7
    for page in pages:
        assert "add_header Access-Control-Allow-Origin $desk_readers always;" in page
        assert "add_header Access-Control-Expose-Headers " in page
