"""What nodes of RabbitMQ share: Erlang's port mapper, a cookie, a folder."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Folder, Process


class Epmd:
    """Erlang's port mapper: nodes that share one (and a cookie and a user) can be a cluster."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.cookie = secrets.token_hex(20)
        self.password = secrets.token_hex(16)
        command = [shutil.which("epmd") or "epmd", "-address", "127.0.0.1", "-port", str(self.port)]
        self.process = Process("epmd", command, log=folder / "epmd.log", cwd=folder)

    def start(self) -> None:
        self.process.start()
        self.process.wait_until(lambda: answers(self.port), 10)


@contextmanager
def ground() -> Iterator[tuple[Path, Epmd]]:
    """A folder and an epmd; both are gone afterwards."""
    with Folder("order-desk-rabbitmq-") as folder:
        epmd = Epmd(folder)
        try:
            epmd.start()
            yield folder, epmd
        finally:
            epmd.process.kill()
