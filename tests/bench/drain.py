"""Does a long backlog slow the desk down, or make its workers grow?"""

import time
from pathlib import Path

from shop.processes import Process
from tests.bench.ground import IDLE, Ground, wait_for
from tests.bench.pipeline import working
from tests.bench.report import Figure, at_least, at_most, compared
from tests.bench.seed import place

DONE = "SELECT count(*) FROM orders_order WHERE status = 'processed'"


def drain(ground: Ground) -> list[Figure]:
    """A backlog as messages and rows: what is there when workers start after a long stop.

    The rate with the whole backlog before the workers is set beside the rate in a backlog of 1,000 (200 with --quick).
    """
    large, small, window = (500, 200, 160) if ground.quick else (50_000, 1000, 700)
    full, short, early, late = [], [], [], []
    for _ in range(1 if ground.quick else 2):
        ground.clear()
        place(ground, small)
        with working(ground, "desk", settings=IDLE):
            short.append(rate(ground, window))
        ground.clear()
        place(ground, large)
        with working(ground, "desk", settings=IDLE) as worker:
            full.append(rate(ground, window))
            early.append(memory(worker))
            wait_for(lambda: ground.number(DONE) > min(large - 10, 10 * window), "a good part is done", 600)
            late.append(memory(worker))
    rates = compared("drain", f"backlog of {large}", full, f"of {small}", short, "orders/s", at_least(0.95))
    grown = compared("drain", "worker's memory late in it", late, "early", early, "MB", at_most(1.1))
    return [rates, grown]


def rate(ground: Ground, window: int) -> float:
    """Orders a second over the next `window` orders, after the workers have run warm."""
    warm = window // 4
    wait_for(lambda: ground.number(DONE) >= warm, "the workers have started", every=0.05)
    first, started = ground.number(DONE), time.perf_counter()
    wait_for(lambda: ground.number(DONE) >= first + window - warm, "the window is over", 300, every=0.05)
    return (ground.number(DONE) - first) / (time.perf_counter() - started)


def memory(worker: Process) -> float:
    """MB of a worker and its pool, shared pages counted once."""
    pids = [worker.pid, *map(int, Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split())]
    return sum(proportional(pid) for pid in pids) / 1024


def proportional(pid: int) -> int:
    """kB, by the kernel's own proportional count."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
