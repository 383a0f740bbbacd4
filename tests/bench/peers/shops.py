"""A shop for each peer, in an environment of its own: made, filled, worked on, asked."""

import json
import os
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dj_database_url

from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Process
from tests.bench.ground import CONCURRENCY, Ground, Web
from tests.servers import postgres

HERE = Path(__file__).parent
PROJECT, REQUIREMENTS = HERE / "project", HERE / "requirements.txt"
CORES = len(os.sched_getaffinity(0))
ENVIRONMENT = HERE.parents[2] / ".venv-peers"

# As each one's documentation has it for throughput: an event loop a core with as many jobs at once as the desk has
# processes; as many processes as the desk has, since one does one task at a time; a process a core of eight threads.
DRAMATIQ = ["-m", "dramatiq", "dramatiq_worker", "--processes", str(CORES), "--threads", str(CONCURRENCY)]
WORKERS = {
    "procrastinate": [["manage.py", "procrastinate", "worker", "--concurrency", str(CONCURRENCY)]] * CORES,
    "tasks": [["manage.py", "db_worker", "--interval", "0.1", "--no-startup-delay", "--no-reload"]] * CONCURRENCY,
    "dramatiq": [DRAMATIQ],
    "claims": [DRAMATIQ],
}
BY_STEP = """
    SELECT count(*) FILTER (WHERE state = 'done'), extract(epoch FROM max(finished_at) - min(started_at))
    FROM peershop_step
"""
# In the rows that each one keeps: steps that are done, seconds from the first start to the last result.
DONE = {
    "procrastinate": """
        SELECT count(*) FILTER (WHERE e.type = 'succeeded'),
               extract(epoch FROM max(at) FILTER (WHERE e.type = 'succeeded')
                                  - min(at) FILTER (WHERE e.type = 'started'))
        FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id WHERE j.queue_name = 'steps'
    """,
    "tasks": """
        SELECT count(*) FILTER (WHERE status = 'SUCCESSFUL'), extract(epoch FROM max(finished_at) - min(started_at))
        FROM django_tasks_database_dbtaskresult
    """,
    "dramatiq": BY_STEP,
    "claims": BY_STEP,
}
TITLES = {
    "procrastinate": "procrastinate 3",
    "tasks": "django-tasks-db",
    "dramatiq": "dramatiq 2, a locked row a step",
    "claims": "dramatiq 2, a claimed row a step",
}


def environment() -> Path:
    """The peers' Python. Made once; pip takes half a minute. Raises CalledProcessError if it can't be made."""
    wanted, python = REQUIREMENTS.read_text(), ENVIRONMENT / "bin" / "python"
    done = ENVIRONMENT / "installed.txt"
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        done.write_text(wanted)
    return python


@dataclass
class Shop:
    """One peer's: its database is made anew on the bench's server."""

    peer: str
    ground: Ground
    python: Path

    @property
    def title(self) -> str:
        return TITLES[self.peer]

    @property
    def effects(self) -> Path:
        return self.ground.folder / f"effects-{self.peer}"

    def make(self) -> None:
        self.ground.database.query(f"CREATE DATABASE peer_{self.peer} OWNER {postgres.USER}", database="postgres")
        self.manage("migrate", "-v0", "--run-syncdb")

    def process(self, *arguments: str, seconds: float = 0) -> Process:
        database = dj_database_url.parse(self.ground.database.url_of(f"peer_{self.peer}"), conn_max_age=600)
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "settings",
            "PEER": self.peer,
            "PEER_DATABASE": json.dumps(database),
            "PEER_BROKER": self.ground.broker.url,
            "PEER_EFFECTS": str(self.effects),
            "PEER_EFFECT_SECONDS": str(seconds),
            "PYTHONPATH": str(PROJECT),
        }
        log = self.ground.folder / f"peer-{self.peer}.log"
        process = Process(self.peer, [self.python, *arguments], log=log, env=env, cwd=PROJECT)
        self.ground.processes.append(process)
        return process

    def manage(self, *arguments: str) -> None:
        process = self.process("manage.py", *arguments)
        process.start()
        assert process.wait(600) == 0, process.tail()

    def fill(self, orders: int) -> None:
        self.effects.unlink(missing_ok=True)
        self.manage("orders", "clear")
        self.manage("orders", "fill", str(orders))

    def told(self) -> tuple[int, float]:
        """How many steps its rows say are done, and the seconds from the first start to the last result."""
        name = f"peer_{self.peer}"
        ((done, seconds),) = self.ground.database.query(DONE[self.peer], database=name, user=postgres.USER)
        return done, float(seconds or 0)

    @contextmanager
    def working(self, seconds: float = 0) -> Iterator[list[Process]]:
        """Its workers, killed in the end: a new order's effects take so many `seconds`."""
        workers = [self.process(*command, seconds=seconds) for command in WORKERS[self.peer]]
        for worker in workers:
            worker.start()
        try:
            yield workers
        finally:
            for worker in workers:
                worker.kill()

    def web(self) -> Web:
        port = free_port()
        options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--no-control-socket"]
        process = self.process("-m", "gunicorn", "wsgi", *options)
        process.start()
        process.wait_until(lambda: answers(port), 60)
        return Web(port, process)


def counted(effects: Path) -> Counter[tuple[int, int]]:
    """How often each step of each order had its effect."""
    data = effects.read_bytes() if effects.exists() else b""
    return Counter(struct.iter_unpack("qq", data[: len(data) // 16 * 16]))
