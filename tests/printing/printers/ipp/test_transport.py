"""The difference that matters: certainly not printed, or unknown."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from orders.steps import CONNECT_SECONDS, BoundedResponse, ClaimLost, NotYet, UnknownOutcome
from printing.printers.ipp.transport import Address, ask
from shop.quickstart.ports import free_port

OK = b"\x02\x00\x00\x00\x00\x00\x00\x01\x03"
Server = Callable[[bytes], str]


@pytest.fixture
def server() -> Iterator[Server]:
    """A printer's web server that says what it is told to (b"": nothing, and hangs up), once it has read something."""
    listeners = []

    def start(answer: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print"

    yield start
    for listener in listeners:
        listener.close()


def http(status: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_an_answer_is_read(server: Server) -> None:
    assert ask(Address(server(http("200 OK", OK))), b"request").ok


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_printer_that_sends_us_elsewhere_has_not_printed(server: Server, status: int) -> None:
    url = server(http(f"{status} Elsewhere"))
    with pytest.raises(NotYet, match=r"sends requests elsewhere. If that is https, write ipps://127"):
        ask(Address(url), b"request")


@pytest.mark.parametrize("written", ["B\u00fcro", "B%C3%BCro"])
def test_a_queue_may_be_called_as_it_is(written: str) -> None:
    address = Address(f"ipp://cups.lan:631/printers/{written}")
    assert address.path == "/printers/B%C3%BCro"
    assert address.uri == "ipp://cups.lan:631/printers/B%C3%BCro"


def test_nobody_listens_certainly_not_printed() -> None:
    with pytest.raises(NotYet, match="can't be reached"):
        ask(Address(f"ipp://127.0.0.1:{free_port()}/ipp/print"), b"request")


def test_nothing_leaves_once_the_claim_is_lost() -> None:
    def assure() -> None:
        raise ClaimLost

    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(ClaimLost):
            ask(Address(f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print"), b"request", assure=assure)
        connection, _ = listener.accept()  # It was connected before.
        with connection:
            assert connection.recv(65536) == b""


def test_a_name_that_nobody_knows_certainly_not_printed() -> None:
    with pytest.raises(NotYet, match="can't be reached"):
        ask(Address("ipp://printer.invalid/ipp/print"), b"request")


def test_no_tls_where_tls_is_wanted_certainly_not_printed(server: Server) -> None:
    url = server(http("200 OK", OK)).replace("ipp:", "ipps:")
    with pytest.raises(NotYet):
        ask(Address(url), b"request")


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "426 Upgrade Required"])
def test_refused_by_the_web_server_certainly_not_printed(server: Server, status: str) -> None:
    with pytest.raises(NotYet, match=status[:3]):
        ask(Address(server(http(status))), b"request")


@pytest.mark.parametrize(
    ("status", "cure"),
    [
        ("400 Bad Request", "add `ServerAlias 127.0.0.1` to cupsd.conf"),
        ("401 Unauthorized", "allow this machine"),
        ("403 Forbidden", "`Allow` in `<Location />`"),
        ("404 Not Found", "nothing at /ipp/print"),
        ("426 Upgrade Required", "write ipps://127.0.0.1:"),
    ],
)
def test_a_refusal_of_the_web_server_says_the_cure(server: Server, status: str, cure: str) -> None:
    with pytest.raises(NotYet) as refused:
        ask(Address(server(http(status))), b"request")
    assert cure in refused.value.reason
    assert refused.value.code == f"HTTP {status[:3]}"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + OK,
        http("200 OK", b"no IPP"),
        http("200 OK"),
        http("502 Bad Gateway"),
        b"nonsense\r\n\r\n",
    ],
    ids=["hangs up", "cut short", "no IPP", "empty", "bad gateway", "no HTTP"],
)
def test_sent_and_no_readable_answer_is_unknown(server: Server, answer: bytes) -> None:
    with pytest.raises(UnknownOutcome):
        ask(Address(server(answer)), b"request")


def test_no_answer_in_time_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(UnknownOutcome):
        ask(Address(f"ipp://127.0.0.1:{silent.getsockname()[1]}/"), b"request", reply_timeout=0.2)


@pytest.fixture
def dripping() -> Iterator[str]:
    """A printer's web server that goes on answering, a byte at a time, until somebody hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
                while True:
                    connection.sendall(b"\x02")
                    time.sleep(0.05)

        threading.Thread(target=serve, daemon=True).start()
        yield f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print"


def test_an_answer_that_only_drips_in_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time; what takes too long is the whole."""
    monkeypatch.setattr("orders.steps.bounds.TOTAL_SECONDS", 0.5)
    started = time.monotonic()
    with pytest.raises(UnknownOutcome, match="did not answer"):
        ask(Address(dripping), b"request")
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("scheme", ["ipp", "ipps"])
def test_answers_are_bounded_with_tls_and_without(scheme: str) -> None:
    connection = Address(f"{scheme}://127.0.0.1/ipp/print").connection()
    assert connection.response_class is BoundedResponse
    assert connection.timeout == CONNECT_SECONDS
