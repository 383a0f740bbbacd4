"""What no library would send, with a real gunicorn: it is answered as a problem or not at all, and is never a fault."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.desk import TestDesk

ORDER = b'{"customer_name": "Jo", "products_ids": [2, 4, 42]}'
JSON = "Content-Type: application/json"


@pytest.fixture(scope="module")
def desk(own_folder: Path) -> Iterator[TestDesk]:
    here = TestDesk(own_folder, {})
    try:
        here.start_web(processes=1, threads=4)
        yield here
        lines = here.processes["web"].log.read_text().splitlines()
        faults = [line for line in lines if re.search(r" (ERROR|CRITICAL) |Traceback", line)]
        assert all("Invalid HTTP_HOST header" in line for line in faults), faults
    finally:
        here.kill()


def said(desk: TestDesk, *pieces: bytes) -> bytes:
    """What the desk says until it ends the connection, or is silent. It may end it before all is sent."""
    with socket.create_connection(("127.0.0.1", desk.port), 20) as client:
        got = b""
        try:
            for piece in pieces:
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR)
            while more := client.recv(65_536):
                got += more
        except ConnectionError:
            pass
        return got


def head(*lines: str, start: str = "POST /order HTTP/1.1", host: str = "Host: localhost") -> bytes:
    return "".join(f"{line}\r\n" for line in [start, host, *lines, ""]).encode("latin-1")


def statuses(got: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]


def problem(got: bytes) -> dict[str, Any]:
    """The problem details of the only answer."""
    assert len(statuses(got)) == 1, got
    top, _, body = got.partition(b"\r\n\r\n")
    assert b"\r\nContent-Type: application/problem+json" in top, got
    found: dict[str, Any] = json.loads(body)
    assert f"\r\nRequest-Id: {found['request_id']}".encode() in top
    return found


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


def test_a_chunked_order_is_one(desk: TestDesk) -> None:
    start = head(JSON, "Transfer-Encoding: chunked", "Connection: close")
    assert statuses(said(desk, start, chunked(ORDER[:7], ORDER[7:]))) == [201]
    assert statuses(said(desk, start, *(chunked(bytes([byte]), end=b"") for byte in ORDER), b"0\r\n\r\n")) == [201]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"zz\r\n", b"-1\r\n\r\n", b"ffffffffffffffffff\r\n", b"5\r\nabc", b"2\r\n{}0\r\n\r\n", b"\r\n\r\n",
        b"0x2\r\n{}\r\n",         chunked(ORDER, end=b""), chunked(ORDER, end=b"0\r\nX: y"),
    ],
)  # fmt: skip
def test_chunks_that_are_none_are_no_order(desk: TestDesk, body: bytes) -> None:
    got = said(desk, head(JSON, "Transfer-Encoding: chunked", "Connection: close"), body)
    assert statuses(got) in ([], [400]), got


def test_who_waits_for_100_continue_is_told_to_go_on(desk: TestDesk) -> None:
    start = head(JSON, f"Content-Length: {len(ORDER)}", "Expect: 100-continue", "Connection: close")
    with socket.create_connection(("127.0.0.1", desk.port), 20) as client:
        client.sendall(start)
        assert client.recv(65_536).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        client.sendall(ORDER)
        assert client.recv(65_536).startswith(b"HTTP/1.1 201 ")


def test_another_expectation_is_a_problem(desk: TestDesk) -> None:
    found = problem(said(desk, head(JSON, "Content-Length: 2", "Expect: 200-maybe"), b"{}"))
    assert (found["type"], found["status"]) == ("/problems/bad-request", 400)


def test_requests_in_a_row_are_answered_in_a_row(desk: TestDesk) -> None:
    health = head(start="GET /health HTTP/1.1")
    order = head(JSON, f"Content-Length: {len(ORDER)}") + ORDER
    nothing = head(start="GET /order/x HTTP/1.1")
    last = head("Connection: close", start="GET /health HTTP/1.1")
    assert statuses(said(desk, health + order + nothing + order + last)) == [200, 201, 404, 201, 200]


@pytest.mark.parametrize(
    "lengths",
    [
        ["Content-Length: 51", "Content-Length: 5"], ["Content-Length: 51", "Content-Length: 51"],
        ["Content-Length: 51, 51"], ["Content-Length: 51", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 51"], ["Content-Length: -1"], ["Content-Length: +51"],
        ["Content-Length: 0x33"], ["Content-Length: 5 1"], ["Content-Length:"], ["Content-Length: \xb2"],
        ["Content-Length: 99999999999999999999999999"], ["Transfer-Encoding: chunked, chunked"],
        ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Transfer-Encoding : chunked"], ["Content-Length: 51\r\n 7"],
    ],
)  # fmt: skip
def test_a_body_of_two_lengths_or_none_smuggles_no_second_request(desk: TestDesk, lengths: list[str]) -> None:
    """Whatever reads it differently, a proxy say, must not find another request in the rest (RFC 9112, 11.2)."""
    hidden = head("Connection: close", start="GET /health HTTP/1.1")
    got = said(desk, head(JSON, *lengths), ORDER + hidden)
    assert statuses(got) in ([], [400], [413]), got


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000, b'{"a":' * 15_000, b'{"customer_name": ' + b"9" * 10_000 + b"}",
        b'{"customer_name": "Jo", "products_ids": [' + b"9" * 10_000 + b"]}", b'{"total": 1e99999999999}',
        b'{"customer_name": "\\u0000", "products_ids": [2]}', b'{"customer_name": "J\x00", "products_ids": [2]}',
        b"\x00" * 1000, b"\xff\xfe{}", b'{"note": "' + b"a" * 900_000 + b'"}', b"{" * 19_000 + b"}" * 19_000,
    ],
)  # fmt: skip
def test_deep_long_and_strange_bodies_are_problems(desk: TestDesk, body: bytes) -> None:
    got = said(desk, head(JSON, f"Content-Length: {len(body)}", "Connection: close"), body)
    assert problem(got)["status"] == 400
    assert len(got) < 16_000


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\nHost: loc\x00alhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\r\n b\r\nHost: localhost\r\n\r\n", b"G\xffT / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_a_problem_or_the_end(desk: TestDesk, request_: bytes) -> None:
    got = said(desk, request_)
    assert statuses(got) in ([], [400]), got
    if got:
        assert problem(got)["type"] == "/problems/bad-request"
        assert b"localhost" not in got


@pytest.mark.parametrize(
    "path", ["/order/%00", "/order/%ff", "/order/..%2f..", "/product/%00", "/order?cursor=%00", "//", "/%"]
)
def test_strange_addresses_are_problems(desk: TestDesk, path: str) -> None:
    found = problem(said(desk, head("Connection: close", start=f"GET {path} HTTP/1.1")))
    assert found["status"] in (400, 401, 404)


@pytest.mark.parametrize(
    "line",
    [
        "Idempotency-Key: \xff", "Authorization: Bearer \xff", "Request-Id: \xff", "If-None-Match: \xff", "Host: \xff",
        "If-Match: ,,,\xff", "Content-Type: \xff", "Content-Encoding: \xff", "X-Forwarded-For: \xff", "Cookie: \xff",
        "Origin: \xff", "Accept: \xff", "Accept-Language: \xff",
    ],
)  # fmt: skip
def test_headers_that_are_no_ascii_are_no_fault(desk: TestDesk, line: str) -> None:
    host = [] if line.startswith("Host") else ["Host: localhost"]
    lines = [JSON, f"Content-Length: {len(ORDER)}", "Connection: close", *host[1:]]
    got = said(desk, head(*lines, line, host=host[0] if host else "X: y"), ORDER)
    assert statuses(got)[0] in (201, 400, 401, 415), got
    got = said(desk, head(line, "Connection: close", start="GET /product HTTP/1.1", host=host[0] if host else "X: y"))
    assert statuses(got)[0] in (200, 400, 401, 412), got


@pytest.mark.parametrize("odd", ["charset=hex", "a*=nonsense''%41", "a*=utf-8''x; a*0=y", f"a*{'9' * 5000}=x"])
def test_headers_with_odd_parameters_are_no_fault(desk: TestDesk, odd: str) -> None:
    start = "POST /order?source=%C3%BC HTTP/1.1"
    got = said(desk, head(f"{JSON}; {odd}", f"Content-Length: {len(ORDER)}", "Connection: close", start=start), ORDER)
    assert statuses(got) == [201]
    for path, status in (("/", 200), ("/nowhere", 404)):
        got = said(desk, head(f"Accept: text/html; {odd}", "Connection: close", start=f"GET {path} HTTP/1.1"))
        assert statuses(got) == [status]


def test_after_all_of_that_orders_are_taken(desk: TestDesk) -> None:
    assert desk.get(desk.post())["status"] == "received"
