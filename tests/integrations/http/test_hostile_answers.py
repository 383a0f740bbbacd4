"""Answers that no sound server gives: what was written may have arrived, and nothing else is said of it."""

import gzip
import socket
import time

import pytest

from integrations.http import session
from integrations.http.remote import Remote
from orders.steps import LogonRefused, Permanent, Temporary, UnknownOutcome
from tests.integrations.wire import Talk, Wire

HEAD = b"HTTP/1.1 201 Created\r\n"
BODY = b"\r\n\r\nok"
UNREADABLE = {
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3" + BODY,
    "a list of lengths": HEAD + b"Content-Length: 3, 2" + BODY,
    "a chunk of a negative length": HEAD + b"Transfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n",
    "a chunk without a length": HEAD + b"Transfer-Encoding: chunked\r\n\r\nok\r\n0\r\n\r\n",
    "a packed text that is none": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2" + BODY,
    "too many headers": HEAD + b"X: y\r\n" * 101 + b"Content-Length: 2" + BODY,
    "another protocol": b"220 mail.example ESMTP\r\n",
}


def hints_first(connection: socket.socket) -> None:
    """Other programs' hints, each in a packet of its own, and the answer at last."""
    for early in (b"103 Early Hints\r\nLink: </style.css>; rel=preload", b"102 Processing", b"199 Whatever\r\nA: b"):
        connection.sendall(b"HTTP/1.1 " + early + b"\r\n\r\n")
        time.sleep(0.01)
    connection.sendall(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nDown")


def without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.01)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_comes_before_the_answer_is_not_the_answer(remote: Remote, wire: Wire, method: str) -> None:
    response = remote.send(method, wire(hints_first))
    assert (response.status_code, response.text) == (500, "Down")


def test_an_answer_that_is_announced_for_ever_ends(remote: Remote, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.steps.bounds.TOTAL_SECONDS", 0.5)
    with pytest.raises(UnknownOutcome):
        remote.send("POST", wire(without_end))


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_read_leaves_a_write_unknown(remote: Remote, wire: Wire, answer: bytes | Talk) -> None:
    url = wire(answer)
    with pytest.raises(UnknownOutcome, match="no complete answer came"):
        remote.send("POST", url)
    with pytest.raises(Temporary, match="did not answer completely") as caught:
        remote.send("GET", url)
    assert not isinstance(caught.value, UnknownOutcome | Permanent)


@pytest.mark.parametrize("packed", ["gzip", "gzip, gzip"])
def test_a_small_answer_that_becomes_a_large_one_is_not_unpacked(
    remote: Remote, wire: Wire, monkeypatch: pytest.MonkeyPatch, packed: str
) -> None:
    monkeypatch.setattr(session, "LARGEST_ANSWER", 100_000)
    for size, fits in ((99_000, True), (1_000_000, False)):
        body = gzip.compress(b"0" * size)
        body = gzip.compress(body) if "," in packed else body
        answer = HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (packed.encode(), len(body)) + body
        if fits:
            assert len(remote.send("POST", wire(answer)).content) == size
        else:
            with pytest.raises(UnknownOutcome) as caught:
                remote.send("POST", wire(answer))
            assert "too large" in caught.value.answer


@pytest.mark.parametrize("place", [b"/Anmeldung/K\xf6ln", "/Anmeldung/Köln".encode(), b"http://[::1", b"\xff"])
def test_a_redirect_to_anywhere_is_a_redirect(remote: Remote, wire: Wire, place: bytes) -> None:
    with pytest.raises(LogonRefused, match="another page"):
        remote.send("POST", wire(b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"))
