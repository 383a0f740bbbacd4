"""A TCP proxy that breaks things on purpose: `with proxy.to(port) as broken: … broken.port, broken.black_hole()`.

It stands between the desk and a server. `heal()` brings it back to passing everything on.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from shop.quickstart.ports import free_port

# Closing with a linger time of zero sends RST instead of FIN.
RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on `port` and passes on to `target`. Its switches may be thrown from any thread, at any time."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.connections = 0
        self._flowing = threading.Event()
        self._flowing.set()
        self._answering = threading.Event()
        self._answering.set()
        self.kept = 0
        self._lock = threading.Lock()
        self._refusing = False
        self._replies_to_drop = 0
        self._delay = 0.0
        self._swallowed = b""
        self._sockets: set[socket.socket] = set()
        self._listener: socket.socket | None = None

    # --- The switches -----------------------------------------------------------------------------
    def cut(self) -> None:
        """Resets all connections (RST) now; new ones are welcome."""
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for each in sockets:
            _reset(each)

    def refuse(self) -> None:
        """Resets all connections and every new one, until healed."""
        self._refusing = True
        self.cut()

    def black_hole(self) -> None:
        """Takes connections and bytes and passes nothing on, as if packets were dropped; healed, they arrive late."""
        self._flowing.clear()

    def keep_replies(self) -> None:
        """Passes everything on to the server and keeps its answers, counted in `kept`, until healed."""
        self.kept = 0
        self._answering.clear()

    def drop_reply(self, replies: int = 1) -> None:
        """The next so many times the server answers, the answer is lost and the connection reset: it was done."""
        with self._lock:
            self._replies_to_drop = replies

    def swallow(self, part: bytes) -> None:
        """The next piece of an answer with these bytes in it is lost, once; the connection stays."""
        with self._lock:
            self._swallowed = part

    @property
    def swallowed(self) -> bool:
        """Whether it has come."""
        return not self._swallowed

    def delay(self, seconds: float) -> None:
        """Every piece of data takes so much longer, each way."""
        self._delay = seconds

    def heal(self) -> None:
        """Passes everything on again."""
        self._refusing, self._delay, self._replies_to_drop, self._swallowed = False, 0.0, 0, b""
        self._flowing.set()
        self._answering.set()

    @property
    def replies_to_drop(self) -> int:
        """How many answers are still going to be lost."""
        return self._replies_to_drop

    # --- The machinery ----------------------------------------------------------------------------
    def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        threading.Thread(target=self._accept, args=(self._listener,), name="proxy", daemon=True).start()

    def close(self) -> None:
        if self._listener:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.cut()
        self._flowing.set()
        self._answering.set()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.connections += 1
                if self._refusing:
                    _reset(client)
                    continue
                self._keep(client)
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _keep(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._sockets.update(sockets)

    def _connect(self, client: socket.socket) -> None:
        self._flowing.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            self._end(client)
            return
        server.settimeout(None)
        self._keep(server)
        for end in (client, server):
            with suppress(OSError):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
        threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_reply: bool) -> None:
        try:
            while data := source.recv(65536):
                if self._delay:
                    threading.Event().wait(self._delay)
                self._flowing.wait()
                if is_reply and self._takes_reply():
                    self._end(sink, source)
                    return
                if is_reply and not self._answering.is_set():
                    self.kept += 1
                    self._answering.wait()
                if is_reply and self._swallows(data):
                    continue
                sink.sendall(data)
            self._flowing.wait()
            if source in self._sockets:  # It ended by itself: nobody has cut it.
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            self._end(sink, source)

    def _takes_reply(self) -> bool:
        with self._lock:
            if not self._replies_to_drop:
                return False
            self._replies_to_drop -= 1
            return True

    def _swallows(self, data: bytes) -> bool:
        with self._lock:
            if not self._swallowed or self._swallowed not in data:
                return False
            self._swallowed = b""
            return True

    def _end(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._sockets.difference_update(sockets)
        for each in sockets:
            _reset(each)


def _reset(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        # A thread may be reading from it, which would keep the close waiting.
        connection.shutdown(socket.SHUT_RD)
    connection.close()


@contextmanager
def to(target: int) -> Iterator[Proxy]:
    """A proxy to a port on this machine."""
    proxy = Proxy(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.close()
