"""What a request to a destination does and does not do by itself."""

import socket

import pytest

from integrations.http.personal import Person
from integrations.http.remote import Remote
from orders.steps import LogonRefused, Permanent, Temporary, UnknownOutcome
from tests.integrations.wire import Wire


def test_nobody_listening_means_nothing_was_sent(remote: Remote) -> None:
    with pytest.raises(Temporary, match="SAP can't be reached") as caught:
        remote.send("POST", "http://127.0.0.1:9/")
    assert not isinstance(caught.value, UnknownOutcome)


def test_a_cut_reply_to_a_write_leaves_its_outcome_unknown(remote: Remote, wire: Wire) -> None:
    url = wire(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nhalf")
    with pytest.raises(UnknownOutcome, match="no complete answer came"):
        remote.send("POST", url)


def test_a_read_on_a_connection_the_remote_has_closed_is_repeated_once(remote: Remote, wire: Wire) -> None:
    calls = []

    def first_closes(connection: socket.socket) -> None:
        calls.append(1)
        if len(calls) > 1:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    assert remote.send("GET", wire(first_closes)).text == "ok"
    assert len(calls) == 2


def test_a_write_is_never_repeated_by_itself(remote: Remote, wire: Wire) -> None:
    calls: list[int] = []
    with pytest.raises(UnknownOutcome):
        remote.send("POST", wire(lambda connection: calls.append(1)))
    assert len(calls) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_not_followed_and_reads_as_a_login_page(remote: Remote, wire: Wire, method: str) -> None:
    url = wire(b"HTTP/1.1 302 Found\r\nLocation: /login?token=s3cret\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(LogonRefused, match="login page") as caught:
        remote.send(method, url)
    assert caught.value.answer == "/login"


@pytest.mark.parametrize("url", ["sap.example", "http://", "http://[broken/"])
def test_an_address_that_is_none_needs_a_person(remote: Remote, url: str) -> None:
    with pytest.raises(Permanent, match="address of SAP is not valid"):
        remote.send("GET", url)


def test_secrets_and_names_are_not_kept(remote: Remote) -> None:
    assert remote.redacted("S3CRET for Helgi Möller", Person(name="helgi möller")) == "[redacted] for [redacted]"


def test_secrets_in_an_address_are_not_kept(remote: Remote) -> None:
    with pytest.raises(Temporary) as caught:
        remote.send("GET", "http://127.0.0.1:9/?api_secret=s3cret")
    assert "127.0.0.1" in caught.value.answer
    assert "s3cret" not in caught.value.answer
