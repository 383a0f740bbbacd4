"""Thirty clients that send a byte a second, and one that does not: behind the shipped nginx nobody waits for them."""

import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orders.body import MAX_BODY
from orders.problem_types import TYPES
from shop.quickstart.ports import free_port
from tests.end_to_end.desk import TUTORIAL, TestDesk
from tests.servers import nginx
from tests.servers.slow_clients import slow_clients

BOUND = 5.0  # seconds: without a proxy it is forever


@pytest.fixture(scope="module")
def desk(own_folder: Path) -> Iterator[TestDesk]:
    here = TestDesk(own_folder, {"SHOP_BEHIND_PROXY": "true"})
    try:
        here.start_web(processes=1, threads=4)
        yield here
    finally:
        here.kill()


@pytest.fixture(scope="module")
def proxy(desk: TestDesk) -> Iterator[int]:
    with nginx.server(desk.port) as port:
        yield port


def has_answer(client: socket.socket) -> bool:
    client.settimeout(0)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        client.settimeout(10)


def test_healthy_customers_are_answered_while_thirty_slow_ones_hang(desk: TestDesk, proxy: int) -> None:
    desk.ask(f"http://127.0.0.1:{proxy}/order", TUTORIAL)
    with slow_clients(proxy) as clients:
        waited = []
        for _ in range(30):
            started = time.monotonic()
            assert desk.ask(f"http://127.0.0.1:{proxy}/order", TUTORIAL)[0] == 201
            waited.append(time.monotonic() - started)
        assert not any(map(has_answer, clients))
    assert max(waited) < BOUND


def test_gunicorn_alone_is_stopped_by_them(desk: TestDesk) -> None:
    """The reason why it must not face the world."""
    with slow_clients(desk.port), pytest.raises(TimeoutError):
        urllib.request.urlopen(f"{desk.url}/health", timeout=2)
    assert desk.ask(f"{desk.url}/health")[0] == 200


def refused(
    url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], Any]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"} | (headers or {}))
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(request, timeout=20)
    return told.value.code, json.loads(told.value.read()), told.value.headers


def check(status: int, name: str, body: dict[str, Any], headers: Any) -> None:
    kind = TYPES[name]
    assert kind.status == status
    assert (body["status"], body["type"], body["title"]) == (status, kind.uri, kind.title)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers.get_all("Request-Id") == [body["request_id"]]


@pytest.mark.parametrize("chunked", [False, True])
def test_the_proxys_own_413_is_told_as_the_desks(proxy: int, chunked: bool) -> None:
    with socket.create_connection(("127.0.0.1", proxy), 20) as client:
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {8 * MAX_BODY}"
        client.sendall(f"POST /order HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}\r\n\r\n".encode())
        piece = b"x" * 65_536
        for _ in range(8 * MAX_BODY // len(piece)):
            client.sendall(b"10000\r\n" + piece + b"\r\n" if chunked else piece)
        got = client.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["type"] == "/problems/too-large"


def test_a_body_as_large_as_the_desk_takes_gets_through(desk: TestDesk, proxy: int) -> None:
    body = json.dumps(TUTORIAL).encode().ljust(MAX_BODY)
    status, told, _ = refused(f"http://127.0.0.1:{proxy}/order", body + b" ")
    assert (status, told["detail"]) == (413, "The body is larger than 1 MB.")
    request = urllib.request.Request(f"http://127.0.0.1:{proxy}/order", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 201


def test_what_the_proxy_can_not_read_is_a_400_in_the_same_shape(proxy: int) -> None:
    check(400, "bad-request", *refused(f"http://127.0.0.1:{proxy}/", headers={"X-Long": "x" * 20_000})[1:])


def said(port: int, request: bytes) -> tuple[int, dict[str, Any], str]:
    """Status, body and headers of the answer to what no library of ours would send."""
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        client.sendall(request)
        head, _, body = b"".join(iter(lambda: client.recv(65_536), b"")).decode().partition("\r\n\r\n")
    return int(head[9:12]), json.loads(body), head


@pytest.mark.parametrize(
    "line",
    [
        b"GET /order/%00 HTTP/1.1", b"GET /order/\0 HTTP/1.1", b"GET /" + b"a" * 9_000 + b" HTTP/1.1",
        b"GET / HTTP/9.9", b"POST /order HTTP/1.1\r\nTransfer-Encoding: gzip, chunked", b"nonsense",
    ],
)  # fmt: skip
def test_so_is_an_address_that_the_proxy_can_not_read(proxy: int, line: bytes) -> None:
    status, body, head = said(proxy, line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert (status, body["type"], body["status"]) == (400, "/problems/bad-request", 400)
    assert f"Request-Id: {body['request_id']}" in head


def test_a_method_that_the_proxy_does_not_pass_on_is_a_405_in_the_same_shape(proxy: int) -> None:
    status, body, head = said(proxy, b"TRACE /order HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert (status, body["type"]) == (405, "/problems/method-not-allowed")
    assert "Allow: GET, HEAD, POST, OPTIONS" in head


def test_an_address_as_long_as_the_proxy_takes_is_answered_by_the_desk(proxy: int) -> None:
    line = b"GET /order/" + b"a" * 8_100 + b" HTTP/1.1"
    status, body, _ = said(proxy, line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert (status, body["type"]) == (404, "/problems/no-such-order")


def test_a_desk_that_is_down_is_a_502_in_the_same_shape() -> None:
    with nginx.server(free_port()) as port:
        status, body, headers = refused(f"http://127.0.0.1:{port}/order/x")
    check(502, "bad-gateway", body, headers)
    assert (status, headers["Retry-After"]) == (502, "5")


def test_every_page_of_the_proxys_own_says_what_the_table_says() -> None:
    pages = re.findall(r"return (\d+) '(\{.*\})';", nginx.SHIPPED.read_text())
    assert len(pages) == 7
    for status, text in pages:
        body = json.loads(text.replace("\\'", "'"))
        kind = TYPES[body["type"].removeprefix("/problems/")]
        assert (kind.status, kind.status, kind.title) == (int(status), body["status"], body["title"])


def test_the_desks_own_answers_pass_as_they_are(proxy: int) -> None:
    status, body, headers = refused(f"http://127.0.0.1:{proxy}/order/x", headers={"Request-Id": "front-1"})
    assert (status, body["type"], body["request_id"]) == (404, "/problems/no-such-order", "front-1")
    assert headers.get_all("Request-Id") == ["front-1"]
