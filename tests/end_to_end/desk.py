"""A whole desk for a test, as customers, staff and the outside world see it."""

import json
import os
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from integrations.sandbox.environment import environment as sandbox_environment
from shop.quickstart.local_desk import Desk
from shop.quickstart.processes import Process
from tests.servers.warm import WarmProcess

TUTORIAL = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}


def wait_for(ready: Callable[[], Any], what: str | Callable[[], str], patience: float = 60) -> Any:
    """Waits for a true answer and returns it; raises AssertionError naming `what` otherwise.

    A function is asked for it then, so that it can quote the logs as they are after the wait.
    """
    deadline = time.monotonic() + patience
    while not (answer := ready()):
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {patience:g} s in vain until {what if isinstance(what, str) else what()}")
        time.sleep(0.1)
    return answer


def node(worker: Process) -> str:
    """The name that Celery's remote control knows a worker by, which is ready.

    Whoever names whom he asks (`-d`, with a long `--timeout`) waits until they have answered, and no longer. Else
    Celery takes what comes within a second, and a busy machine is slower than that.
    """
    found = re.search(r"(\S+@\S+) ready\.", worker.log.read_text(errors="replace"))
    assert found, worker.tail()
    return found[1]


class TestDesk(Desk):
    """Sandbox and web server run; workers are started by the test, or not."""

    __test__ = False
    process = WarmProcess

    def __init__(self, var_dir: Path, settings: Mapping[str, str]) -> None:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
        quick = {"SHOP_ENV_FILE": "", "SHOP_WORKER_CONCURRENCY": "4", "SHOP_SWEEP_INTERVAL_SECONDS": "0.5"}
        super().__init__(var_dir, outside | quick)
        self.environment |= sandbox_environment(self.sandbox_url) | dict(settings)

    def fill(self) -> None:
        """Makes the tables and the products."""
        self.manage("migrate")
        self.manage("demo_catalogue")

    def open(self, workers: int = 1) -> None:
        """Starts all at once: each process takes a second or two to import what it needs. As many web as workers."""
        with ThreadPoolExecutor() as pool:
            parts: list[Future[Any]] = [
                pool.submit(self.start_sandbox),
                pool.submit(self.start_web, processes=workers),
                pool.submit(self.start_workers, workers),
            ]
        for part in parts:
            part.result()

    def start_workers(self, count: int) -> None:
        """One after the other: kombu's file-system broker can't be set up by two at the same moment."""
        for number in range(1, count + 1):
            self.start_worker(f"worker{number}")

    def manage(self, *arguments: str) -> None:
        """Runs a management command; raises AssertionError with its output if it fails."""
        process = self.python("manage", "manage.py", *arguments)
        process.start()
        assert process.wait(60) == 0, process.tail()

    def api_key(self, client: str = "front") -> str:
        """A new key of the client's, with all scopes."""
        self.manage("api_key", "create", client)
        (key,) = re.findall(r"^desk_\w+$", self.processes["manage"].log.read_text(), re.M)[-1:]
        return str(key)

    # --- Customers --------------------------------------------------------------------------------
    def post(self, order: Mapping[str, Any] = TUTORIAL) -> str:
        """Places an order; returns its number."""
        status, answer = self.ask(f"{self.url}/order", order)
        assert status == 201
        return str(answer["order_num"])

    def get(self, number: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(f"{self.url}/order/{number}")[1]
        return answer

    def is_processed(self, number: str) -> bool:
        return bool(self.get(number)["status"] == "processed")

    def state(self, number: str, step: str) -> str:
        return next(row["state"] for row in self.get(number)["steps"] if row["name"] == step)

    def wait_until_processed(self, *numbers: str, patience: float = 60) -> None:
        for number in numbers:
            wait_for(
                partial(self.is_processed, number),
                partial(self.not_processed, number),
                patience,
            )

    def not_processed(self, number: str) -> str:
        return f"{number} is processed\n{self.logs_of_workers()}"

    def logs_of_workers(self) -> str:
        return "\n".join(process.tail(15) for process in self.workers())

    def workers(self) -> list[Process]:
        return [process for name, process in self.processes.items() if name.startswith("worker")]

    # --- The outside world ------------------------------------------------------------------------
    @staticmethod
    def ask(url: str, data: Any = None) -> tuple[int, Any]:
        """GET, or POST of JSON."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)

    def sap_orders(self) -> dict[str, int]:
        """How many sales orders SAP's stand-in has for each order number."""
        counts: dict[str, int] = self.ask(f"{self.sandbox_url}/sandbox/orders.json")[1]["by_reference"]
        return counts

    def events(self) -> dict[str, int]:
        """How many deliveries marketing's stand-in got for each message id."""
        counts: dict[str, int] = self.ask(f"{self.sandbox_url}/sandbox/events.json")[1]["by_message_id"]
        return counts

    def fail(self, destination: str, kind: str, count: int = 0) -> None:
        """Makes a stand-in fail (0: until `clear`)."""
        self.ask(f"{self.sandbox_url}/sandbox/fail", {"destination": destination, "kind": kind, "count": count})

    # --- The warehouse ----------------------------------------------------------------------------
    def slips(self, number: str) -> list[Path]:
        return list((self.var_dir / "spool").glob(f"{number}*.pdf"))

    def slip_text(self, number: str) -> str:
        """The text of the order's only slip."""
        (slip,) = self.slips(number)
        return "\n".join(page.extract_text() for page in PdfReader(slip).pages)


@contextmanager
def desk(var_dir: Path, settings: Mapping[str, str], *, workers: int = 1) -> Iterator[TestDesk]:
    """A desk with `settings` (environment variables) on a filled database, ended however the test ends."""
    here = TestDesk(var_dir, settings)
    try:
        here.open(workers)
        yield here
    finally:
        here.kill()
