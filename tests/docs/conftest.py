"""Programs of docs/examples, run as their reader runs them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.quickstart.processes import Process
from tests.end_to_end.conftest import database_url, filled_database, filled_file, open_desk  # noqa: F401 - fixtures
from tests.peers import node
from tests.servers.rabbitmq import RabbitMQ

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
RUN = {".py": [sys.executable, "-u"], ".mjs": ["node"], ".sh": ["sh"]}


class Examples:
    """`run` one to its end, or `start` one that goes on; both are given the broker's address, as on the pages."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.environment = os.environ | {"AMQP_URL": url}
        self.started: list[Process] = []

    def command(self, name: str) -> list[str | Path]:
        return [*RUN[Path(name).suffix], self.folder / name]

    def run(self, name: str) -> str:
        """What it prints. Raises AssertionError if it fails, or complains."""
        done = subprocess.run(
            self.command(name), env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    def start(self, name: str) -> Process:
        log = self.folder / f"{name.replace('/', '-')}.log"
        process = Process(name, self.command(name), log=log, env=self.environment)
        process.start()
        self.started.append(process)
        return process


@pytest.fixture
def examples(tmp_path: Path, own_broker: RabbitMQ) -> Iterator[Examples]:
    """A copy of them with amqplib beside it, as `npm install` would put it there."""
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(node.installed("examples", EXAMPLES) / "node_modules")
    here = Examples(folder, own_broker.url)
    yield here
    for process in here.started:
        process.kill()
