"""What every bench stands on: a PostgreSQL and a RabbitMQ of its own, and processes of the desk and of its rivals."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kombu

from integrations.sandbox.environment import environment as sandbox_environment
from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Folder, Process
from tests.servers import postgres, rabbitmq

TREE = Path(__file__).resolve().parents[2]
DESK, IDLE, RIVALS = "shop.settings", "tests.bench.effects.settings", "tests.bench.rivals.settings"
SLIPS = "tests.bench.effects.timed"
QUEUES = ("sap", "marketing", "printing", "desk")
RIVAL_QUEUES = tuple(f"rival_{name}" for name in QUEUES)
CONCURRENCY = 8


@dataclass
class Web:
    """A gunicorn of two processes with four threads each; the same one for every bench that asks for its name."""

    port: int
    process: Process


class Ground:
    """Settings are named by module: the desk's own, its with idle effects or with timed slips, the rivals'."""

    def __init__(self, folder: Path, database: postgres.PostgreSQL, broker: rabbitmq.RabbitMQ, *, quick: bool) -> None:
        self.folder, self.database, self.broker, self.quick = folder, database, broker, quick
        self.sandbox_port = free_port()
        self.processes: list[Process] = []
        self.webs: dict[str, Web] = {}
        self._sandbox: Process | None = None

    # --- Processes --------------------------------------------------------------------------------
    def environment(self, settings: str = DESK, more: Mapping[str, str] | None = None) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
        return {
            **outside,
            **sandbox_environment(f"http://127.0.0.1:{self.sandbox_port}"),
            "DJANGO_SETTINGS_MODULE": settings,
            "SHOP_ENV_FILE": "",
            "SHOP_VAR_DIR": str(self.folder / "var"),
            "SHOP_SECRET_KEY": "only-for-benches",
            "SHOP_DATABASE_URL": self.database.url,
            "SHOP_BROKER_URL": self.broker.url,
            "SHOP_LOG_LEVEL": "WARNING",
            **(more or {}),
        }

    def process(self, name: str, *arguments: str, settings: str = DESK, **more: str) -> Process:
        log = self.folder / f"{name}.log"
        process = Process(name, [sys.executable, *arguments], log=log, env=self.environment(settings, more), cwd=TREE)
        self.processes.append(process)
        return process

    def manage(self, *arguments: str, settings: str = DESK, **more: str) -> None:
        process = self.process("manage", "manage.py", *arguments, settings=settings, **more)
        process.start()
        assert process.wait(120) == 0, process.tail()

    def web(self, name: str = "desk", *, wsgi: str = "shop.wsgi", settings: str = DESK, **more: str) -> Web:
        if name in self.webs:
            return self.webs[name]
        port = free_port()
        options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--no-control-socket"]
        process = self.process(name, "-m", "gunicorn", wsgi, *options, settings=settings, **more)
        process.start()
        process.wait_until(lambda: answers(port), 60)
        wait_for(lambda: self._loaded(process), "both of its processes are ready", 30)
        self.webs[name] = Web(port, process)
        return self.webs[name]

    @staticmethod
    def _loaded(process: Process) -> bool:
        """gunicorn's processes start to listen when they have loaded the views, and use little time from then on."""
        tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        before = [Path(f"/proc/{pid}/stat").read_text().split()[13] for pid in tasks]
        time.sleep(0.3)
        after = [Path(f"/proc/{pid}/stat").read_text().split()[13] for pid in tasks]
        return len(tasks) == 2 and before == after

    def worker(self, name: str, *, app: str = "shop", settings: str = DESK, **more: str) -> Process:
        """A worker of eight processes; returns at once."""
        options = ["worker", "--concurrency", str(CONCURRENCY), "-n", f"{name}@%h", "-l", "warning"]
        worker = self.process(name, "-m", "celery", "-A", app, *options, settings=settings, **more)
        worker.start()
        return worker

    def sandbox(self) -> None:
        """The stand-ins for SAP and marketing, from now on."""
        if self._sandbox:
            return
        sandbox = self._sandbox = self.process("sandbox", "manage.py", "sandbox", "--port", str(self.sandbox_port))
        sandbox.start()
        sandbox.wait_until(lambda: answers(self.sandbox_port), 60)

    def end(self) -> None:
        for process in self.processes:
            process.kill()

    # --- Rows and messages ------------------------------------------------------------------------
    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.database.query_desk(statement, *values)

    def number(self, statement: str, *values: Any) -> float:
        return float(self.query(statement, *values)[0][0] or 0)

    def clear(self) -> None:
        """No orders, no messages; the database as after its nightly clean-up."""
        self.query("TRUNCATE orders_order, orders_deadletter, orders_destination CASCADE")
        self.purge()
        self.query("VACUUM ANALYZE")

    def purge(self) -> None:
        with kombu.Connection(self.broker.url) as broker:
            for queue in (*QUEUES, *RIVAL_QUEUES, "dead_letters"):
                channel = broker.channel()
                try:
                    channel.queue_purge(queue)
                except broker.channel_errors:
                    continue  # Nobody has declared it yet.
                channel.close()

    def ready(self, *queues: str) -> int:
        """How many messages the queues hold ready."""
        with kombu.Connection(self.broker.url) as broker:
            return sum(broker.default_channel.queue_declare(queue, passive=True).message_count for queue in queues)


def wait_for(ready: Callable[[], Any], what: str, patience: float = 120, every: float = 0.1) -> None:
    """Raises TimeoutError if it never is."""
    deadline = time.monotonic() + patience
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:g} s in vain until {what}")
        time.sleep(every)


@contextmanager
def frozen(process: Process) -> Iterator[None]:
    """A server whose packets get no answer: it is stopped (SIGSTOP), connections stay open and nothing comes back."""
    process.send(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send(signal.SIGCONT)


@contextmanager
def ground(*, quick: bool) -> Iterator[Ground]:
    """Starts the servers, makes the tables and the catalogue; Django of this process uses them too."""
    import django

    with ExitStack() as ending:
        folder = ending.enter_context(Folder("order-desk-bench-"))
        # Commits are timed by the database itself: see the bench `dispatch`.
        database = ending.enter_context(postgres.server({"track_commit_timestamp": "on"}))
        broker = ending.enter_context(rabbitmq.server())
        here = Ground(folder, database, broker, quick=quick)
        ending.callback(here.end)
        os.environ.update(here.environment(RIVALS))
        django.setup()
        here.manage("migrate", "-v0", settings=RIVALS)
        here.manage("demo_catalogue")
        yield here
