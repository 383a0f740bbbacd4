"""A whole desk that can be broken: broker, database, stand-ins, web and workers, each a process of its own.

The web and the workers reach the broker through a proxy each, so that one can be cut off and not the other.
"""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import kombu

from integrations.sandbox.environment import environment
from shop.quickstart.ports import free_port
from shop.quickstart.processes import Folder, Process
from tests.faults.follower import QUEUE as FOLLOWER
from tests.faults.follower import Follower
from tests.faults.load import Load
from tests.faults.outside import Outside
from tests.servers import postgres, proxy, rabbitmq

TREE = Path(__file__).resolve().parents[2]
ROUTINE = re.compile(r"Task .* (received|succeeded)")
WORKERS = 2
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
QUEUES = ("sap", "marketing", "printing", "desk")

# Seconds, short so that an hour's outage fits into a few of them; their order is that of production.
PACE = {
    "SHOP_STEP_TIME_LIMIT_SECONDS": "6",
    "SHOP_STEP_LEASE_SECONDS": "8",
    "SHOP_STEP_GRACE_SECONDS": "2",
    "SHOP_SWEEP_INTERVAL_SECONDS": "0.5",
    "SHOP_RETRY_DELAYS_SECONDS": ",".join(["0.5", "1"] + ["2"] * 60),
    "SHOP_BREAKER_DELAY_SECONDS": "1",
    "SHOP_SAP_REQUEST_LIMIT_SECONDS": "2",
    "SHOP_PRINTER_POLL_SECONDS": "1",
    "SHOP_LOG_LEVEL": "DEBUG",  # Some cases read in Celery's own lines what a worker was given.
}


def wait_for(ready: Callable[[], Any], what: str, patience: float = 60) -> Any:
    """Waits for a true answer and returns it; raises AssertionError with `what` in it otherwise."""
    deadline = time.monotonic() + patience
    while not (answer := ready()):
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain until {what}"
        time.sleep(0.1)
    return answer


def clock(seconds_off: int) -> dict[str, str]:
    """What libfaketime wants in the environment of a process whose clock is wrong. How time passes is not touched."""
    if not seconds_off:
        return {}
    assert FAKETIME, "libfaketime is not installed: bin/faults does that"
    monotonic = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    # gunicorn compares the time of a file that its processes touch.
    fake = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{seconds_off:+d}s", "NO_FAKE_STAT": "1", **monotonic}
    return fake | {"PYTHONPATH": str(Path(__file__).with_name("wrong_clock"))}


class World(Outside):
    """The desk and everything around it. `nodes` are the broker's; faults of one node use `broker`."""

    def __init__(self, folder: Path, nodes: list[rabbitmq.RabbitMQ], database: postgres.PostgreSQL) -> None:
        super().__init__(sandbox_port=free_port(), spool=folder / "spool")
        self.folder, self.nodes, self.database = folder, nodes, database
        self.broker = nodes[0]
        self.web_to_broker = proxy.Proxy(self.broker.port)
        self.worker_to_broker = proxy.Proxy(self.broker.port)
        self.client_to_web = proxy.Proxy(web_port := free_port())
        self.web_port = web_port
        self.workers: list[Process] = []
        self.started = 0
        self.hostile = 0  # messages that have to become dead letters
        self.gone: set[str] = set()
        self.also: Mapping[str, str] = {}  # variables of the desk that one fault sets
        self.load = Load(f"http://127.0.0.1:{web_port}/order")
        self.follower = Follower(self.broker.url)
        self.sandbox = self._process("sandbox", "manage.py", "sandbox", "--port", str(self.sandbox_port))
        self.web = self._web()

    # --- Processes --------------------------------------------------------------------------------
    def environment(self, broker_url: str) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
        desk = {
            "SHOP_VAR_DIR": str(self.folder / "var"),
            "SHOP_SPOOL_DIR": str(self.spool),
            "SHOP_SECRET_KEY": "only-for-faults",
            "SHOP_DATABASE_URL": self.database.url,
            "SHOP_BROKER_URL": broker_url,
        }
        return outside | environment(f"http://127.0.0.1:{self.sandbox_port}") | PACE | desk | dict(self.also)

    def _url_through(self, way: proxy.Proxy) -> str:
        """The broker as seen through a proxy; a cluster's nodes are reached directly."""
        if len(self.nodes) > 1:
            return ";".join(node.url for node in self.nodes)
        return self.broker.url_at(way.port)

    def _process(self, name: str, *arguments: str, way: proxy.Proxy | None = None, seconds_off: int = 0) -> Process:
        """`seconds_off`: how far its clock is ahead."""
        env = self.environment(self._url_through(way or self.worker_to_broker)) | clock(seconds_off)
        log = self.folder / f"{name}.log"
        return Process(name, [sys.executable, *arguments], log=log, env=env, cwd=TREE)

    def _web(self, seconds_off: int = 0) -> Process:
        options = ["--bind", f"127.0.0.1:{self.web_port}", "--workers", "2", "--threads", "4", "--no-control-socket"]
        arguments = ["-m", "gunicorn", *options, "shop.wsgi"]
        return self._process("web", *arguments, way=self.web_to_broker, seconds_off=seconds_off)

    def start_web(self, seconds_off: int = 0) -> None:
        self.web = self._web(seconds_off)
        self.web.start()
        self.web.wait_until(lambda: self.load.answers())

    def start_worker(self, *options: str, seconds_off: int = 0) -> Process:
        """One more `celery -A shop worker`; returns at once."""
        self.started += 1
        name = f"worker{self.started}"
        arguments = ["-m", "celery", "-A", "shop", "worker", "--concurrency", "4", "-n", f"{name}@%h", "-l", "info"]
        worker = self._process(name, *arguments, *options, seconds_off=seconds_off)
        worker.start()
        self.workers.append(worker)
        return worker

    @staticmethod
    def wait_until_ready(worker: Process) -> None:
        """Waits until it takes messages."""
        worker.wait_until(lambda: " ready." in worker.log.read_text(errors="replace"))

    def replace_workers(self) -> None:
        """Ends what is left of the workers and starts fresh ones."""
        for worker in self.workers:
            worker.kill()
        self.workers = []
        for _ in range(WORKERS):
            self.start_worker()

    def restart_with(self, variables: Mapping[str, str]) -> None:
        """Web and workers with these variables besides their own; no order is placed meanwhile."""
        self.also = variables
        self.web.stop()
        self.start_web()
        for worker in self.workers:
            worker.stop()
        self.replace_workers()
        for worker in self.workers:
            self.wait_until_ready(worker)

    def manage(self, *arguments: str, code: int = 0) -> str:
        """Runs a management command of the desk, which ends with this exit code; returns its output."""
        process = self._process("manage", "manage.py", *arguments)
        process.log.unlink(missing_ok=True)
        process.start()
        wait_for(lambda: not process.running, f"manage.py {arguments[0]} ended")
        assert process.kill() == code, process.tail()
        return process.log.read_text()

    @staticmethod
    def children(process: Process) -> list[int]:
        """The pool's processes of a worker, or the web's of gunicorn."""
        tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()] if tasks.exists() else []

    def kill_children(self, number: int = signal.SIGKILL) -> None:
        """Signals every pool process of every worker."""
        for worker in self.workers:
            for pid in self.children(worker):
                with suppress(ProcessLookupError):  # It has ended meanwhile, and Celery starts another.
                    os.kill(pid, number)

    # --- What the desk knows ----------------------------------------------------------------------
    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.database.query_desk(statement, *values)

    def open_steps(self) -> int:
        return int(self.query("SELECT count(*) FROM orders_step WHERE state <> 'done'")[0][0])

    def running_steps(self, name: str = "%") -> int:
        running = "SELECT count(*) FROM orders_step WHERE state = 'running' AND name LIKE %s"
        return int(self.query(running, name)[0][0])

    def unsettled(self) -> int:
        return int(self.query("SELECT count(*) FROM orders_order WHERE settled_at IS NULL")[0][0])

    def events_in(self, state: str) -> int:
        """How many events are `open` (still to be published), `published` or `refused`."""
        return int(self.query("SELECT count(*) FROM orders_event WHERE state = %s", state)[0][0])

    def messages(self) -> dict[str, int]:
        """The queues that hold any, with how many: ready and unacknowledged. Costs half a second."""
        rows = self.broker.rows("list_queues", "name", "messages")
        foreign = ("pidbox", FOLLOWER)
        return {
            row["name"]: row["messages"] for row in rows
            if row["messages"] and not any(part in row["name"] for part in foreign)
        }  # fmt: skip

    def ready(self) -> int:
        """How many messages lie ready in the desk's queues; asked over AMQP, much cheaper than rabbitmqctl."""
        with kombu.Connection(self.broker.url) as broker:
            declare = broker.default_channel.queue_declare
            return sum(declare(queue, passive=True).message_count for queue in QUEUES)

    def show_logs(self, lines: int = 30) -> None:
        """The logs' ends, without what goes well."""
        for process in (self.web, self.sandbox, *self.workers):
            told = [line for line in process.log.read_text(errors="replace").splitlines() if not ROUTINE.search(line)]
            print(f"--- {process.name}", *told[-lines:], sep="\n", file=sys.stderr)

    def lose(self, numbers: set[str]) -> None:
        """These orders were taken, and a fault has put back a database that does not know them: nobody looks for them
        in its rows. What they have outside is theirs, and still must not be there twice."""
        self.gone |= numbers
        self.load.kept = [answer for answer in self.load.kept if answer.number not in numbers]

    # --- Whole ------------------------------------------------------------------------------------
    def heal(self) -> None:
        """Whatever was broken works again: servers up, proxies passing, stand-ins well, two workers, a web."""
        for way in (self.web_to_broker, self.worker_to_broker, self.client_to_web):
            way.heal()
        for node in self.nodes:
            if not node.running:
                node.start()
        self.follower.listen()
        if self.database.process.running:
            self.database.thaw()
        else:
            self.database.start()
        self.database.query("ALTER SYSTEM RESET default_transaction_read_only")
        self.database.query("SELECT pg_reload_conf()")
        if not self.sandbox.running:
            self.sandbox.start()
        self.heal_sap()
        self.kill_children(signal.SIGCONT)
        for worker in self.workers:
            worker.send(signal.SIGCONT)
        if not self.web.running:
            self.start_web()
        self.heal_workers()
        self.heal_printers()

    def heal_printers(self) -> None:
        """The spool folder is the only printer again, and gets the slips of the others, which print nothing."""
        spool = "(SELECT id FROM printing_printer WHERE url = 'spool:')"
        self.query("UPDATE printing_printer SET takes_slips = false")
        self.query(
            f"UPDATE printing_printjob SET printer_id = {spool}, state = 'claimed', job_id = ''"  # noqa: S608
            f" WHERE printer_id NOT IN {spool}"
        )
        self.query("DELETE FROM printing_printer WHERE url <> 'spool:'")

    def heal_workers(self) -> None:
        """As many as at the beginning: others end in peace, missing ones are started."""
        running = [worker for worker in self.workers if worker.running]
        self.workers = running[:WORKERS]
        for surplus in running[WORKERS:]:
            surplus.stop()
        while len(self.workers) < WORKERS:
            self.start_worker()


@contextmanager
def world(nodes: int = 1) -> Iterator[World]:
    """Starts everything on fresh data; ends it and removes the data."""
    with ExitStack() as stack:
        folder = stack.enter_context(Folder("order-desk-faults-"))
        database = stack.enter_context(postgres.server())
        brokers = (
            [stack.enter_context(rabbitmq.server())]
            if nodes == 1
            else stack.enter_context(rabbitmq.cluster(nodes)).nodes
        )
        here = World(folder, brokers, database)
        stack.callback(lambda: [process.kill() for process in (here.web, here.sandbox, *here.workers)])
        for way in (here.web_to_broker, here.worker_to_broker, here.client_to_web):
            way.start()
            stack.callback(way.close)
        here.manage("migrate", "-v0")
        here.manage("demo_catalogue")
        count_settlements(here)
        here.follower.listen()
        here.follower.missed = set()
        here.sandbox.start()
        here.start_web()
        here.replace_workers()
        yield here


def count_settlements(here: World) -> None:
    """A trigger that counts how often each order is settled: what a row alone can't tell."""
    here.query("CREATE TABLE settlement (order_id bigint)")
    here.query(
        "CREATE FUNCTION count_settlement() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO settlement VALUES (NEW.id); RETURN NEW; END $$"
    )
    here.query(
        "CREATE TRIGGER settled AFTER UPDATE ON orders_order FOR EACH ROW"
        " WHEN (OLD.settled_at IS DISTINCT FROM NEW.settled_at) EXECUTE FUNCTION count_settlement()"
    )
