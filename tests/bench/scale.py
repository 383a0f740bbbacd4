"""What more workers bring, and what they cost while nothing is to do: orders a second, transactions, messages, CPU."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.quickstart.processes import Process
from tests.bench.ground import IDLE, Ground, wait_for
from tests.bench.pipeline import settled_in
from tests.bench.report import Figure, alone, at_most, compared
from tests.bench.seed import place

PROCESSES = 2  # Of each worker's pool: eight workers are no more than this machine bears.
BUSY, IDLING = (1, 2, 4), (1, 2, 4, 8)
TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Idle:
    """What some workers with nothing to do take in a minute; `connections` to the database, of all of them."""

    transactions: float
    messages: float
    cpu_ms: float
    connections: float


def scale(ground: Ground) -> list[Figure]:
    count = 100 if ground.quick else 2000
    rates = {workers: _rate(ground, count, workers) for workers in BUSY}
    what = f"{count} orders, idle effects, {{}} workers of {PROCESSES} processes"
    figures = [alone("scale", what.format(1).replace("workers", "worker"), [rates[1]], "orders/s")]
    figures += [
        compared("scale", what.format(workers), [rates[workers]], "1 worker", [rates[1]], "orders/s")
        for workers in BUSY[1:]
    ]
    idle = {workers: _idle(ground, workers) for workers in IDLING}
    return figures + [figure for workers in IDLING for figure in _told(workers, idle[workers], idle[1])]


def _told(workers: int, idle: Idle, one: Idle) -> list[Figure]:
    """Flat: of eight workers one does the rounds; the others renew their rows, and now and then ask for the rounds."""
    what = f"idle, {workers} worker{'s' if workers > 1 else ''}"
    target = at_most(1.6) if workers == IDLING[-1] else None
    return [
        compared("scale", f"{what}: transactions a minute", [idle.transactions], "1", [one.transactions], "", target),
        alone("scale", f"{what}: messages a minute", [idle.messages], "", at_most(0)),
        compared("scale", f"{what}: CPU a minute, all of them", [idle.cpu_ms], "1", [one.cpu_ms], "ms"),
        alone("scale", f"{what}: connections a process", [idle.connections / (workers * PROCESSES)], ""),
    ]


@contextmanager
def _workers(ground: Ground, count: int) -> Iterator[list[Process]]:
    with ExitStack() as ending:
        workers = []
        for number in range(count):
            options = ["worker", "--concurrency", str(PROCESSES), "-n", f"scale{number}@%h", "-l", "info"]
            worker = ground.process(f"scale{number}", "-m", "celery", "-A", "shop", *options, settings=IDLE)
            worker.log.unlink(missing_ok=True)
            worker.start()
            ending.callback(worker.kill)
            workers.append(worker)
        for worker in workers:
            wait_for(lambda: " ready." in worker.tail(1000), f"{worker.name} is ready")  # noqa: B023 - called at once
        yield workers


def _rate(ground: Ground, orders: int, workers: int) -> float:
    ground.clear()
    place(ground, orders)
    with _workers(ground, workers):
        return orders / settled_in(ground, orders)


def _idle(ground: Ground, workers: int) -> Idle:
    """Measured when the start is over; the database's own counters are up to a second late."""
    ground.clear()
    rest, seconds = (3, 6) if ground.quick else (30, 60)
    with _workers(ground, workers) as running:
        time.sleep(rest)
        before = _taken(ground, running)
        time.sleep(seconds)
        after = _taken(ground, running)
        transactions, messages, cpu_ms = ((now - then) * 60 / seconds for then, now in zip(before, after, strict=True))
        return Idle(transactions, messages, cpu_ms, ground.number(CONNECTIONS))


def _taken(ground: Ground, workers: list[Process]) -> tuple[float, float, float]:
    return ground.number(TRANSACTIONS), _messages(ground), sum(map(_cpu_ms, workers))


def _messages(ground: Ground) -> float:
    """Published to the broker so far, over all its queues, by its own counters."""
    told = ground.broker.ctl("eval", "rabbit_global_counters:overview().")
    return sum(map(int, re.findall(r"\bmessages_received_total => (\d+)", told)))


def _cpu_ms(worker: Process) -> float:
    """Of the worker and its pool."""
    pool = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in (worker.pid, *pool)]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) * 1000 / TICKS
