"""What an order costs behind the request: from the first start of a step to the last settled order."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.processes import Process
from tests.bench.ground import CONCURRENCY, DESK, IDLE, RIVALS, Ground, wait_for
from tests.bench.report import Figure, at_least, at_most, compared
from tests.bench.seed import place

Way = Callable[[Ground, int], float]  # Orders a second.


def pipeline(ground: Ground) -> list[Figure]:
    count, rounds = (120, 1) if ground.quick else (2000, 2)
    ways = (ours, stock_chord, plain_tasks, least)
    mine, chord, plain, low = zip(*([way(ground, count) for way in ways] for _ in range(rounds)), strict=True)
    what = f"{count} orders, idle effects"
    return [
        compared("pipeline", what, mine, "stock chord, django-db", chord, "orders/s", at_least(5)),
        compared("pipeline", what, mine, "three plain tasks", plain, "orders/s", at_least(0.5), low),
    ]


@contextmanager
def working(ground: Ground, *arguments: str, **options: str) -> Iterator[Process]:
    worker = ground.worker(*arguments, **options)
    try:
        yield worker
    finally:
        worker.stop(20)


def ours(ground: Ground, orders: int) -> float:
    ground.clear()
    place(ground, orders)
    with working(ground, "desk", settings=IDLE):
        return orders / settled_in(ground, orders)


def orders(ground: Ground) -> list[Figure]:
    """The desk's own cost beside the slip's: what is not rendering, as a share of rendering."""
    count, rounds = (80, 1) if ground.quick else (400, 3)
    ground.sandbox()
    rest: list[float] = []
    slips: list[float] = []
    low: list[float] = []
    for _ in range(rounds):
        ground.clear()
        place(ground, count, settings=DESK, lines=10)
        with working(ground, "desk"):
            whole = settled_in(ground, count) / count
        slip = slip_alone(ground, count)
        rest.append((whole - slip) * 1000)
        slips.append(slip * 1000)
        low.append(1000 / least(ground, count, BENCH_EFFECTS="1"))
    what = f"{count} orders of ten lines, all but the slip"
    return [compared("orders", what, rest, "the slip alone", slips, "ms", at_most(1 / 3), low)]


def slip_alone(ground: Ground, count: int) -> float:
    """Seconds a slip, by as many processes as a worker has."""
    drawing = ground.process("slips", "-m", "tests.bench.slips", str(count), str(CONCURRENCY))
    drawing.log.unlink(missing_ok=True)
    drawing.start()
    assert drawing.wait(600) == 0, drawing.tail()
    return float(drawing.tail(1)) / count


def settled_in(ground: Ground, orders: int) -> float:
    """Seconds from the first start to the last settled order; waits for it."""
    done = "SELECT count(*) FROM orders_order WHERE status = 'processed'"
    wait_for(lambda: ground.number(done) == orders, f"{orders} orders were settled", 60 + orders / 5)
    first, last = ground.query("SELECT (SELECT min(started_at) FROM orders_step), max(settled_at) FROM orders_order")[0]
    return float((last - first).total_seconds())


def stock_chord(ground: Ground, orders: int) -> float:
    """Its orders are settled by the chord's body."""
    ground.clear()
    first, last = rival(ground, "chord", orders, 4 * orders)
    return orders / (last - first)


def plain_tasks(ground: Ground, orders: int) -> float:
    ground.clear()
    first, last = rival(ground, "plain", orders, 3 * orders)
    return orders / (last - first)


def least(ground: Ground, orders: int, **more: str) -> float:
    """The least that keeps the promises. A settled order leaves a mark; the first start is in a row."""
    ground.clear()
    _, last = rival(ground, "least", orders, orders, **more)
    return orders / (last - ground.number("SELECT extract(epoch FROM min(started_at)) FROM orders_step"))


def rival(ground: Ground, kind: str, orders: int, marked: int, **more: str) -> tuple[float, float]:
    """Runs the rival's tasks; returns when the first and the last of those ran that leave a mark."""
    marks = ground.folder / "marks"
    marks.unlink(missing_ok=True)
    ground.manage("shell", "-v0", "-c", FILL.format(kind=kind, orders=orders), settings=RIVALS)
    with working(ground, "rival", app="tests.bench.rivals.app", settings=RIVALS, BENCH_MARKS=str(marks), **more):
        wait_for(lambda: len(times(marks)) >= marked, f"{marked} tasks ran", 60 + marked / 5)
    found = times(marks)
    return min(found), max(found)


FILL = """
from tests.bench.rivals import app, tasks
from tests.bench.seed import insert
for order_id in insert({orders}): tasks.publish_{kind}(order_id)
"""


def times(marks: Path) -> list[float]:
    data = marks.read_bytes() if marks.exists() else b""
    return [moment for (moment,) in struct.iter_unpack("d", data[: len(data) // 8 * 8])]
