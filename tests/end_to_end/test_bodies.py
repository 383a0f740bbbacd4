"""Bodies on the wire, with a real gunicorn: whoever is refused can read why, and HEAD writes nothing into the log."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shop import bodies
from tests.end_to_end.desk import TestDesk

PIECE = b" " * 65_536
MB = 1024 * 1024


@pytest.fixture(scope="module")
def desk(own_folder: Path) -> Iterator[TestDesk]:
    here = TestDesk(own_folder, {})
    try:
        here.start_web(processes=1, threads=2)
        yield here
    finally:
        here.kill()


class Sender:
    """A client that sends its whole body before it reads, as most libraries do."""

    def __init__(self, desk: TestDesk, *headers: str, path: str = "/order") -> None:
        self.socket = socket.create_connection(("127.0.0.1", desk.port), 20)
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
        self.socket.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())

    def send(self, count: int, *, chunked: bool = False) -> None:
        """Raises OSError if the desk has closed the connection meanwhile."""
        for _ in range(count // len(PIECE)):
            self.socket.sendall(b"10000\r\n" + PIECE + b"\r\n" if chunked else PIECE)
            time.sleep(0.001)  # So that the answer is on its way before the end, and the desk could close.
        if chunked:
            self.socket.sendall(b"0\r\n\r\n")

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Reads until the problem is whole."""
        got = b""
        while not got.endswith(b"}"):
            piece = self.socket.recv(65_536)
            assert piece, got
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        assert b"\r\nContent-Type: application/problem+json\r\n" in head
        return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "chunked"])
@pytest.mark.parametrize("connection", ["close", "keep-alive"])
@pytest.mark.parametrize("count", [2 * MB, 8 * MB])
def test_who_sends_too_much_can_send_it_all_and_read_why_it_is_refused(
    desk: TestDesk, count: int, connection: str, chunked: bool
) -> None:
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {count}"
    sender = Sender(desk, length, f"Connection: {connection}")
    sender.send(count, chunked=chunked)
    status, problem = sender.answer()
    assert (status, problem["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    ("path", "header", "expected"),
    [("/order", "Content-Encoding: gzip", 415), ("/nowhere", "X: y", 404), ("/order/x", "X: y", 405)],
)
def test_any_other_refusal_can_be_read_as_well(desk: TestDesk, path: str, header: str, expected: int) -> None:
    sender = Sender(desk, f"Content-Length: {MB}", header, path=path)
    sender.send(MB)
    assert sender.answer()[0] == expected


def test_the_connection_is_good_for_the_next_request(desk: TestDesk) -> None:
    sender = Sender(desk, f"Content-Length: {2 * MB}")
    sender.send(2 * MB)
    assert sender.answer()[0] == 413
    sender.socket.sendall(b"GET /order/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert sender.answer()[0] == 404


def test_who_never_sends_what_he_announced_holds_a_thread_for_some_seconds_alone(desk: TestDesk) -> None:
    """There are two: with both of them held for good, nobody would be answered."""
    silent = [Sender(desk, "Content-Length: 5000000") for _ in range(2)]
    assert [sender.answer()[0] for sender in silent] == [413, 413]
    started = time.monotonic()
    assert desk.ask(f"{desk.url}/health") == (200, {"status": "ok"})
    assert time.monotonic() - started < bodies.PATIENCE + 10


def test_reading_an_order_by_get_or_head_writes_nothing_into_the_log(desk: TestDesk) -> None:
    number = desk.post()
    desk.ask(f"{desk.url}/health/ready")
    before = desk.processes["web"].log.read_text()
    for path in (f"/order/{number}", "/order/x", "/", "/health", "/static/welcome.css", "/nowhere"):
        for method in ("HEAD", "GET"):
            client = socket.create_connection(("127.0.0.1", desk.port), 20)
            client.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            head, _, body = b"".join(iter(lambda: client.recv(65_536), b"")).partition(b"\r\n\r\n")  # noqa: B023
            assert head.startswith(b"HTTP/1.1 "), head
            assert bool(body) == (method == "GET"), path
    assert desk.processes["web"].log.read_text() == before


SECRET = "desk_0123456789ab_5ec7e7"


@pytest.mark.parametrize(
    "slipped",
    [
        f"GET /order HTTP/1.1\r\nAuthorization Bearer {SECRET}\r\n",
        f"GET /order HTTP/1.1\r\nAuthorization Bearer {SECRET} : x\r\n",
        f"GET /order?reference={SECRET} Möller HTTP/1.1\r\n",
        f"{{'{SECRET}': 1,\r\n",
        f'"{SECRET}": "it\'s",\r\n',
        f"{SECRET}\r\n",
        f"POST /order HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
        f"GET /order HTTP/1.1\r\nExpect: {SECRET}\r\n",
        f"GET /order HTTP/1.1\r\nTransfer-Encoding: {SECRET}\r\n",
    ],
)
def test_of_what_the_web_server_refuses_the_log_says_that_alone(desk: TestDesk, slipped: str) -> None:
    """A body that is longer than its Content-Length says goes on as the next request's first line."""
    log = desk.processes["web"].log
    before = len(log.read_text())
    client = socket.create_connection(("127.0.0.1", desk.port), 20)
    client.sendall(f"{slipped}\r\n".encode())
    assert client.recv(65_536).startswith(b"HTTP/1.1 400 ")
    said = log.read_text()[before:]
    assert "Invalid request from ip=127.0.0.1: " in said
    assert SECRET not in said


def test_but_which_header_was_wrong(desk: TestDesk) -> None:
    client = socket.create_connection(("127.0.0.1", desk.port), 20)
    client.sendall(b"POST /order HTTP/1.1\r\nContent-Length: ten\r\n\r\n")
    assert client.recv(65_536).startswith(b"HTTP/1.1 400 ")
    assert "Invalid HTTP Header: 'CONTENT-LENGTH'" in desk.processes["web"].log.read_text()


@pytest.mark.parametrize("header", ["Content-Type: text/plain", "Content-Length: 2", "Host: shop.example.com"])
def test_a_header_that_is_there_twice_is_named(desk: TestDesk, header: str) -> None:
    status, told = Sender(desk, "Content-Length: 2", header).answer()
    name = header.partition(":")[0]
    words = f"The web server can't read the request: the header {name} does not fit, or is there twice."
    assert (status, told["detail"]) == (400, words)


@pytest.mark.parametrize("coding", ["gzip, chunked", "compress, chunked"])
def test_no_coding_but_chunked_is_taken_for_it(desk: TestDesk, coding: str) -> None:
    """gunicorn lets them pass, and takes off the chunks alone."""
    sender = Sender(desk, f"Transfer-Encoding: {coding}")
    sender.socket.sendall(b"2\r\n{}\r\n0\r\n\r\n")
    assert sender.answer()[1]["detail"] == "The desk knows no other Transfer-Encoding than chunked."
