"""What an order costs behind the request: from the first start of a step to the last settled order."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.quickstart.processes import Process
from tests.bench.ground import IDLE, RIVALS, SLIPS, Ground, wait_for
from tests.bench.marks import marks
from tests.bench.report import Figure, at_least, at_most, compared
from tests.bench.seed import place

CORES = len(os.sched_getaffinity(0))


NO_EVENTS = {"SHOP_EVENTS": "false"}


def pipeline(ground: Ground) -> list[Figure]:
    count, rounds = (40, 1) if ground.quick else (2000, 3)
    ways = (without_events, stock_chord, plain_tasks, least)
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
        worker.kill()  # What it leaves unfinished is of no interest, and SIGTERM would take seconds.


def without_events(ground: Ground, orders: int) -> float:
    """As the others, which tell nobody what becomes of an order. What that costs is measured in the bench `events`."""
    return ours(ground, orders, **NO_EVENTS)


def ours(ground: Ground, orders: int, **more: str) -> float:
    """Orders a second, with these settings beside the bench's own."""
    ground.clear()
    place(ground, orders, settings=IDLE, lines=3, **more)
    with working(ground, "desk", settings=IDLE, **more):
        return orders / settled_in(ground, orders)


def orders(ground: Ground) -> list[Figure]:
    """The desk's own cost beside the slip's: what is not drawing, as a share of drawing.

    The slips' processor time is taken inside the very run: cores that others use too change their speed by a third
    within seconds, and slips drawn before or after would be another machine's. No events, as in `pipeline`.
    """
    count, rounds = (40, 1) if ground.quick else (400, 3)
    ground.sandbox()
    shares = [
        (rest_and_slip(ground, count, ours_with_slips), rest_and_slip(ground, count, least_with_slips))
        for _ in range(rounds)
    ]
    rest, slips = zip(*(ours for ours, _ in shares), strict=True)
    low = [theirs[0] / theirs[1] * slip for (_, slip), theirs in shares]
    what = f"{count} orders of ten lines, all but the slip"
    return [compared("orders", what, rest, "drawing the slip", slips, "ms", at_most(1 / 3), low)]


def rest_and_slip(ground: Ground, count: int, run: Callable[[Ground, int, Path], float]) -> tuple[float, float]:
    """Milliseconds of the whole machine that an order takes: all but the slip, and the slip."""
    drawn = ground.folder / "drawn"
    drawn.unlink(missing_ok=True)
    seconds = run(ground, count, drawn)
    moments = marks(drawn)
    assert len(moments) == count, f"{len(moments)} slips were drawn for {count} orders"
    slip = sum(moments) / CORES
    return (seconds - slip) / count * 1000, slip / count * 1000


def ours_with_slips(ground: Ground, count: int, drawn: Path) -> float:
    ground.clear()
    place(ground, count, settings=SLIPS, lines=10, **NO_EVENTS)
    with working(ground, "desk", settings=SLIPS, BENCH_DRAWN=str(drawn), **NO_EVENTS):
        return settled_in(ground, count)


def least_with_slips(ground: Ground, count: int, drawn: Path) -> float:
    return count / least(ground, count, lines=10, BENCH_EFFECTS="1", BENCH_DRAWN=str(drawn))


def settled_in(ground: Ground, orders: int) -> float:
    """Seconds from the first start to the last settled order; waits for it."""
    done = "SELECT count(*) FROM orders_order WHERE status = 'processed'"
    # Seldom: the rows tell when it was, and each look is a connection that the desk has to pay for.
    wait_for(lambda: ground.number(done) == orders, f"{orders} orders were settled", 60 + orders / 5, every=1)
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


def least(ground: Ground, orders: int, *, lines: int = 3, **more: str) -> float:
    """The least that keeps the promises. A settled order leaves a mark; the first start is in a row."""
    ground.clear()
    _, last = rival(ground, "least", orders, orders, lines=lines, **more)
    return orders / (last - ground.number("SELECT extract(epoch FROM min(started_at)) FROM orders_step"))


def rival(ground: Ground, kind: str, orders: int, marked: int, *, lines: int = 3, **more: str) -> tuple[float, float]:
    """Runs the rival's tasks; returns when the first and the last of those ran that leave a mark."""
    path = ground.folder / "marks"
    path.unlink(missing_ok=True)
    ground.manage("shell", "-v0", "-c", FILL.format(kind=kind, orders=orders, lines=lines), settings=RIVALS)
    with working(ground, "rival", app="tests.bench.rivals.app", settings=RIVALS, BENCH_MARKS=str(path), **more):
        wait_for(lambda: len(marks(path)) >= marked, f"{marked} tasks ran", 60 + marked / 5)
    found = marks(path)
    return min(found), max(found)


FILL = """
from tests.bench.rivals import app, tasks
from tests.bench.seed import insert
for order_id in insert({orders}, lines={lines}): tasks.publish_{kind}(order_id)
"""
