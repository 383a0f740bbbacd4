"""Printers that can be reached over the network and are of no use."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress


class SilentPrinter:
    """`says_nothing`: it accepts and says nothing; `drips`: an answer that never ends; `black_hole`: no connection."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.asked = 0  # how many connections it was asked over
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0 if kind == "black_hole" else 50)
        self.url = f"ipp://127.0.0.1:{self._listener.getsockname()[1]}/ipp/print"
        self._kept: list[socket.socket] = []

    def start(self) -> None:
        if self.kind == "black_hole":  # Linux leaves connections unanswered that find the queue of them full.
            for _ in range(2):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(self._listener.getsockname())
                self._kept.append(filler)
        else:
            threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`
        for each in (self._listener, *self._kept):
            each.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.asked += 1
                self._kept.append(connection)
                if self.kind == "drips":
                    threading.Thread(target=_drip, args=[connection], daemon=True).start()


def _drip(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)


@contextmanager
def silent_printers(*kinds: str) -> Iterator[list[SilentPrinter]]:
    with ExitStack() as stack:
        printers = [SilentPrinter(kind) for kind in kinds]
        for printer in printers:
            stack.callback(printer.close)
            printer.start()
        yield printers
