"""What the faults rely on: each switch of the proxy does to a connection what its name says."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.end_to_end.desk import wait_for
from tests.servers import proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that answers every line with itself, in capitals."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            while data := connection.recv(1000):
                connection.sendall(data.upper())

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def broken(echo: int) -> Iterator[proxy.Proxy]:
    with proxy.to(echo) as broken:
        yield broken


def connect(broken: proxy.Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", broken.port), timeout=20)


def ask(connection: socket.socket, text: bytes = b"hello") -> bytes:
    connection.sendall(text)
    return connection.recv(1000)


def test_it_passes_everything_on(broken: proxy.Proxy) -> None:
    with connect(broken) as connection:
        assert ask(connection) == b"HELLO"


def test_cut_resets_what_is_open_and_welcomes_the_next(broken: proxy.Proxy) -> None:
    with connect(broken) as connection:
        ask(connection)
        broken.cut()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    with connect(broken) as connection:
        assert ask(connection) == b"HELLO"


def test_refuse_resets_every_new_connection_until_healed(broken: proxy.Proxy) -> None:
    broken.refuse()
    with pytest.raises(ConnectionError), connect(broken) as connection:
        ask(connection)
    broken.heal()
    with connect(broken) as connection:
        assert ask(connection) == b"HELLO"


def test_a_black_hole_answers_nothing_and_delivers_late_when_healed(broken: proxy.Proxy) -> None:
    with connect(broken) as old:
        ask(old)
        broken.black_hole()
        with connect(broken) as new:
            for connection in (old, new):
                connection.settimeout(0.2)
                connection.sendall(b"hello")
                with pytest.raises(TimeoutError):
                    connection.recv(1)
                connection.settimeout(20)
            broken.heal()
            assert [connection.recv(1000) for connection in (old, new)] == [b"HELLO", b"HELLO"]


def test_kept_replies_were_asked_for_and_arrive_when_healed(broken: proxy.Proxy) -> None:
    with connect(broken) as connection:
        ask(connection)
        assert broken.kept == 0
        broken.keep_replies()
        connection.settimeout(0.2)
        connection.sendall(b"hello")
        with pytest.raises(TimeoutError):
            connection.recv(1)
        wait_for(lambda: broken.kept == 1, "the server was asked")
        connection.settimeout(20)
        broken.heal()
        assert connection.recv(1000) == b"HELLO"


def test_a_dropped_reply_resets_the_connection_once(broken: proxy.Proxy) -> None:
    broken.drop_reply()
    with connect(broken) as connection, pytest.raises(ConnectionResetError):
        ask(connection)
    assert broken.replies_to_drop == 0
    with connect(broken) as connection:
        assert ask(connection) == b"HELLO"


def test_delay_makes_it_slower(broken: proxy.Proxy) -> None:
    broken.delay(0.3)
    with connect(broken) as connection:
        connection.settimeout(0.2)
        connection.sendall(b"hello")
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(20)
        assert connection.recv(1000) == b"HELLO"


def test_swallow_loses_one_answer_and_keeps_the_connection(broken: proxy.Proxy) -> None:
    with connect(broken) as connection:
        broken.swallow(b"TWO")
        assert ask(connection, b"one") == b"ONE"
        connection.sendall(b"two")
        while not broken.swallowed:
            threading.Event().wait(0.01)
        assert ask(connection, b"two") == b"TWO"
