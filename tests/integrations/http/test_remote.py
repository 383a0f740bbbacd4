import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import repeat

import pytest
import requests

from integrations.http import remote as http
from integrations.http.remote import Remote, retry_after, status_failure
from orders.steps import LogonRefused, Permanent, Temporary, UnknownOutcome


@pytest.fixture
def remote():
    return Remote("SAP", secrets=["s3cret"])


def drip(pause=0.05, head=b""):
    def talk(connection):
        connection.sendall(head)
        for byte in repeat(b"x"):
            connection.sendall(byte)
            time.sleep(pause)

    return talk


FROM_THE_PROXY = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\nfrom the proxy"


def test_the_environments_proxy_is_used_and_looked_up_once_for_each_host(remote, wire, monkeypatch):
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


def test_an_answer_through_a_proxy_is_bounded_too(remote, wire, monkeypatch):
    monkeypatch.setattr(http, "LARGEST_ANSWER", 50)
    monkeypatch.setenv("HTTP_PROXY", wire(FROM_THE_PROXY))
    with pytest.raises(Temporary):
        remote.send("GET", "http://far.invalid/")


def test_a_bundle_of_authorities_in_the_environment_is_used(remote, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/there/is/none.pem")
    with pytest.raises(OSError, match="CA certificate bundle"):
        remote.session.get("https://far.invalid/")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"], ids=["head", "body"])
def test_a_slow_drip_of_bytes_ends_when_its_time_is_up(remote, wire, monkeypatch, method, head):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.5)
    started = time.monotonic()
    with pytest.raises(Temporary) as caught:
        remote.send(method, wire(drip(head=head)))
    assert time.monotonic() - started < 3
    assert isinstance(caught.value, UnknownOutcome) == (method == "POST")


def test_an_endless_answer_is_cut(remote, wire, monkeypatch):
    monkeypatch.setattr(http, "LARGEST_ANSWER", 10_000)
    with pytest.raises(Temporary):
        remote.send("GET", wire(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000))


def test_nobody_listening_means_nothing_was_sent(remote):
    with pytest.raises(Temporary, match="SAP can't be reached") as caught:
        remote.send("POST", "http://127.0.0.1:9/")
    assert not isinstance(caught.value, UnknownOutcome)


def test_a_cut_reply_to_a_write_leaves_its_outcome_unknown(remote, wire):
    url = wire(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nhalf")
    with pytest.raises(UnknownOutcome, match="no complete answer came"):
        remote.send("POST", url)


def test_a_read_on_a_connection_the_remote_has_closed_is_repeated_once(remote, wire):
    calls = []

    def first_closes(connection):
        calls.append(1)
        if len(calls) > 1:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    assert remote.send("GET", wire(first_closes)).text == "ok"
    assert len(calls) == 2


def test_a_write_is_never_repeated_by_itself(remote, wire):
    calls = []
    with pytest.raises(UnknownOutcome):
        remote.send("POST", wire(lambda connection: calls.append(1)))
    assert len(calls) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_not_followed_and_reads_as_a_login_page(remote, wire, method):
    url = wire(b"HTTP/1.1 302 Found\r\nLocation: /login?token=s3cret\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(LogonRefused, match="login page") as caught:
        remote.send(method, url)
    assert caught.value.answer == "/login"


@pytest.mark.parametrize("url", ["sap.example", "http://", "http://[broken/"])
def test_an_address_that_is_none_needs_a_person(remote, url):
    with pytest.raises(Permanent, match="address of SAP is not valid"):
        remote.send("GET", url)


def test_secrets_and_names_are_not_kept(remote):
    assert remote.redacted("S3CRET for Helgi Möller", "helgi möller") == "[redacted] for [redacted]"


def test_secrets_in_an_address_are_not_kept(remote):
    with pytest.raises(Temporary) as caught:
        remote.send("GET", "http://127.0.0.1:9/?api_secret=s3cret")
    assert "127.0.0.1" in caught.value.answer
    assert "s3cret" not in caught.value.answer


def answered(status, **headers):
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    return response


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Permanent),
        (401, LogonRefused),
        (403, Permanent),
        (404, Permanent),
        (408, Temporary),
        (422, Permanent),
        (423, Temporary),
        (429, Temporary),
        (500, Temporary),
        (503, Temporary),
    ],
)
def test_each_status_has_its_meaning(status, kind):
    assert type(status_failure("Marketing", answered(status), "")) is kind


def test_retry_after_is_read_as_seconds_or_as_a_date():
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert retry_after(answered(503, **{"Retry-After": "120"})) == timedelta(minutes=2)
    assert timedelta(minutes=59) < retry_after(answered(503, **{"Retry-After": in_an_hour})) < timedelta(minutes=61)
    assert retry_after(answered(503, **{"Retry-After": "soon"})) is None
    assert retry_after(answered(503)) is None
