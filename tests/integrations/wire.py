"""A server that answers each connection with raw bytes, or as a function of the test says."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Talk = Callable[[socket.socket], object]
Wire = Callable[[bytes | Talk], str]  # gives the URL


def serve(answer: bytes | Talk) -> socket.socket:
    """Listens on a free port of 127.0.0.1 until the socket is closed."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)

    threading.Thread(target=accept, daemon=True).start()
    return listener
