"""A connection that does not come about: nothing was sent, though it was to be written."""

import socket
import struct
from collections.abc import Callable

import pytest

from integrations.http import remote as remotes
from integrations.http.remote import Remote
from orders.steps import Temporary, UnknownOutcome
from tests.integrations.wire import Wire


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass


WITHOUT_TLS = {
    "plain HTTP": (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "speaks no TLS that we know"),
    "an alert": (b"\x15\x03\x01\x00\x02\x02\x28", "speaks no TLS that we know"),
    "nothing": (b"", "speaks no TLS that we know|can't be reached"),
    "a reset": (reset, "can't be reached"),
    "silence": (silent, "can't be reached"),
}


@pytest.mark.parametrize("assure", [None, lambda: None], ids=["", "assured"])
@pytest.mark.parametrize(("answer", "said"), WITHOUT_TLS.values(), ids=WITHOUT_TLS)
def test_without_tls_nothing_was_sent(
    remote: Remote,
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes | Callable[[socket.socket], None],
    said: str,
    assure: Callable[[], None] | None,
) -> None:
    monkeypatch.setattr(remotes, "TIMEOUT", (0.3, 15))
    with pytest.raises(Temporary, match=said) as caught:
        remote.send("POST", wire(answer).replace("http:", "https:"), assure=assure)
    assert not isinstance(caught.value, UnknownOutcome)


def test_a_proxy_that_lets_nothing_through_means_that_nothing_was_sent(
    remote: Remote, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", wire(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
    with pytest.raises(Temporary, match="can't be reached") as caught:
        remote.send("POST", "https://far.invalid/")
    assert not isinstance(caught.value, UnknownOutcome)
    assert "407" in caught.value.answer
