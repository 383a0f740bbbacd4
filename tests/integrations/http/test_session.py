"""What the environment says is used, and every answer is bounded in time and size."""

import socket
import time
from collections.abc import Callable
from itertools import repeat

import pytest
import requests

from integrations.http.remote import Remote
from orders.steps import Temporary, UnknownOutcome, bounds
from tests.integrations.wire import Wire

FROM_THE_PROXY = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\nfrom the proxy"


def drip(pause: float = 0.05, head: bytes = b"") -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        for byte in repeat(b"x"):
            connection.sendall(byte)
            time.sleep(pause)

    return talk


def test_the_environments_proxy_is_used_and_looked_up_once_for_each_host(
    remote: Remote, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", wire(FROM_THE_PROXY))
    monkeypatch.setenv("NO_PROXY", "near.invalid")
    assert remote.send("GET", "http://far.invalid/a").text == "from the proxy"
    monkeypatch.setattr(requests.sessions, "get_environ_proxies", lambda *hosts, **options: pytest.fail("again"))
    assert remote.send("GET", "http://far.invalid/b").text == "from the proxy"
    monkeypatch.undo()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "near.invalid")
    with pytest.raises(Temporary) as caught:
        remote.send("GET", "http://near.invalid/")
    assert "ProxyError" not in caught.value.code


def test_an_answer_through_a_proxy_is_bounded_too(remote: Remote, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LARGEST_ANSWER", 50)
    monkeypatch.setenv("HTTP_PROXY", wire(FROM_THE_PROXY))
    with pytest.raises(Temporary):
        remote.send("GET", "http://far.invalid/")


def test_a_bundle_of_authorities_in_the_environment_is_used(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/there/is/none.pem")
    with pytest.raises(OSError, match="CA certificate bundle"):
        remote.session.get("https://far.invalid/")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"], ids=["head", "body"])
def test_a_slow_drip_of_bytes_ends_when_its_time_is_up(
    remote: Remote, wire: Wire, monkeypatch: pytest.MonkeyPatch, method: str, head: bytes
) -> None:
    monkeypatch.setattr(bounds, "TOTAL_SECONDS", 0.5)
    started = time.monotonic()
    with pytest.raises(Temporary) as caught:
        remote.send(method, wire(drip(head=head)))
    assert time.monotonic() - started < 30  # Unbounded it would go on for ever.
    assert isinstance(caught.value, UnknownOutcome) == (method == "POST")


def test_an_endless_answer_is_cut(remote: Remote, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LARGEST_ANSWER", 10_000)
    with pytest.raises(Temporary):
        remote.send("GET", wire(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000))
