"""A stand-in for systemd: a datagram socket that hears what a process tells of itself."""

import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Systemd:
    """`heard` are all messages, with the seconds of their arrival."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.setblocking(False)
        self.heard: list[tuple[float, str]] = []

    def listen(self) -> list[str]:
        """All words so far."""
        while True:
            try:
                said = self.socket.recv(4096).decode()
            except BlockingIOError:
                return [word for _, word in self.heard]
            self.heard += [(time.monotonic(), word) for word in said.splitlines()]

    def count(self, word: str) -> int:
        return self.listen().count(word)

    def hears(self, word: str, seconds: float, every: Callable[[], object] = lambda: None) -> bool:
        """Whether the word comes once more within so many seconds."""
        before = self.count(word)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            every()
            if self.count(word) > before:
                return True
            time.sleep(0.05)
        return False


@contextmanager
def listening(folder: Path | None = None) -> Iterator[Systemd]:
    """At a path in the folder; without one at an abstract address, which has no file."""
    address = str(folder / "notify") if folder else f"@desk-{secrets.token_hex(6)}"
    found = Systemd(address)
    try:
        yield found
    finally:
        found.socket.close()
