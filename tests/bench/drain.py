"""Does a long backlog slow the desk down, or make its workers grow?"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shop.quickstart.processes import Process
from tests.bench.ground import IDLE, Ground, wait_for
from tests.bench.pipeline import working
from tests.bench.report import Figure, at_least, at_most, compared
from tests.bench.seed import place
from tests.servers import rabbitmq

LAST = """
SELECT extract(epoch FROM settled_at) FROM orders_order WHERE status = 'processed' AND id > %s
ORDER BY settled_at OFFSET %s LIMIT 1
"""
DONE = "SELECT count(*) FROM orders_order WHERE status = 'processed' AND id > %s"
HISTORY = """
from tests.bench.seed import insert
insert({count}, state="done")
"""
TICKS = """
from celery import current_app
from django.conf import settings
for task in [*settings.PERIODIC_TASKS] * {times}: current_app.send_task(task, ignore_result=True)
"""


def drain(ground: Ground) -> list[Figure]:
    """A backlog as messages and rows: what is there when workers start after a long stop.

    Two desks on the same servers, each with a database, a virtual host and a worker of its own: one has the whole
    backlog before it, the other is filled up to 1,000 orders again and again. While one has its
    turn the other stands still (SIGSTOP), so that turns can be short and many: the cores change their speed within
    seconds. The two workers have done as many orders before, and the tables are as large: a young worker, and one on
    nearly empty tables, is some percent faster; that is no matter of the backlog. Nor is how a process came to lie in
    memory, or which of the two was there first, which makes some percent as long as they live: so both workers are
    new in every other round, with the same seed for their hashes, and start in turns.
    """
    large, small, turn, pairs = (4000, 1000, 60, 1) if ground.quick else (50_000, 1000, 200, 8)
    young = large // 100
    ground.clear()
    few = Desk(ground, "few")
    many = Desk(ground, "many", like=few)
    few.fill(large)
    many.place(large)
    rates: dict[Desk, list[float]] = {many: [], few: []}
    for pair in range(pairs):
        few.place(young + small - few.waiting())
        first, second = (few, many) if pair % 2 else (many, few)
        with first.standing_by(young, seed=pair), second.standing_by(young, seed=pair):
            for sequence in ((few, many, many, few, few, many), (many, few, few, many, many, few)):
                few.place(small - few.waiting())
                time.sleep(1)  # The servers write behind what was placed: that is nobody's turn.
                for desk in sequence:
                    rates[desk].append(desk.rate(turn))
    many.tick(60)
    with many.standing_by(large // 10, seed=0):
        early = memory(many.worker)
        many.go_on()
        many.wait_for(many.done() + large / 4)  # A minute in all: as long as Celery keeps timers.
        late = memory(many.worker)
    for desk in (few, many):
        desk.end()
    speed = compared("drain", f"backlog of {large}", rates[many], f"of {small}", rates[few], "orders/s", at_least(0.95))
    grown = compared("drain", "worker's memory late in it", [late], "early", [early], "MB", at_most(1.1))
    return [speed, grown]


class Desk:
    """A desk with a database and a virtual host of its own, and idle effects."""

    worker: Process
    history = 0  # The id of the last order that was there before.

    def __init__(self, ground: Ground, name: str, *, like: "Desk | None" = None) -> None:
        self.ground, self.database = ground, f"drain_{name}"
        ground.query(f"CREATE DATABASE {self.database} TEMPLATE {like.database if like else 'template1'}")
        self.more: dict[str, Any] = {
            "SHOP_DATABASE_URL": ground.database.url_of(self.database),
            "SHOP_BROKER_URL": f"{ground.broker.url.rpartition('/')[0]}/{self.database}",
        }
        ground.broker.ctl("add_vhost", self.database)
        ground.broker.ctl("set_permissions", "-p", self.database, rabbitmq.USER, ".*", ".*", ".*")
        if like is None:
            ground.manage("migrate", "-v0", **self.more)
            ground.manage("demo_catalogue", **self.more)

    def end(self) -> None:
        """What is left of the backlog must not be in the way of the next bench."""
        self.ground.broker.ctl("delete_vhost", self.database)
        # As the superuser: autovacuum's processes, which are his, may be at work in it.
        self.ground.database.query(f"DROP DATABASE {self.database} WITH (FORCE)")

    def fill(self, orders: int) -> None:
        """Orders that were done long ago, and the tables as autovacuum left them since."""
        self.ground.manage("shell", "-v0", "-c", HISTORY.format(count=orders), settings=IDLE, **self.more)
        self.ground.database.query("VACUUM ANALYZE", database=self.database)
        self.history = int(self.number("SELECT max(id) FROM orders_order"))

    def place(self, orders: int) -> None:
        place(self.ground, orders, **self.more)

    def tick(self, times: int) -> None:
        """The clock's tasks, so many times: by chance each process runs each of them.

        The first time takes a process 2 MB that it shared with the others before (what only reads an object changes
        its count of references too). The clock alone needs minutes to come round to all of them.
        """
        self.ground.manage("shell", "-v0", "-c", TICKS.format(times=times), settings=IDLE, **self.more)

    def wait_for(self, orders: float) -> None:
        wait_for(lambda: self.done() >= orders, f"{orders:g} orders are settled", 600, every=0.25)

    def number(self, statement: str, *values: object) -> float:
        return float(self.ground.database.query(statement, *values, database=self.database)[0][0] or 0)

    def done(self) -> float:
        return self.number(DONE, self.history)

    def waiting(self) -> int:
        return int(self.number("SELECT count(*) FROM orders_order WHERE status = 'received'"))

    def go_on(self) -> None:
        os.killpg(self.worker.pid, signal.SIGCONT)

    @contextmanager
    def standing_by(self, orders: int, *, seed: int) -> Iterator[None]:
        """A new worker that has done some orders, and stands still."""
        with working(self.ground, self.database, settings=IDLE, PYTHONHASHSEED=str(seed), **self.more) as self.worker:
            self.wait_for(self.done() + orders)
            self.stop()
            yield

    def stop(self) -> None:
        """The worker stands still with all its processes; for less time than the broker takes to miss it."""
        os.killpg(self.worker.pid, signal.SIGSTOP)

    def rate(self, orders: int) -> float:
        """Orders a second in a turn of so many, by the rows' own times.

        From the moment it may go on: what came due while it stood still, the sweeper's tick above all, comes at once.
        """
        before = self.done()
        start = self.number("SELECT extract(epoch FROM clock_timestamp())")
        self.go_on()
        self.wait_for(before + orders)
        self.stop()
        return orders / (self.number(LAST, self.history, before + orders - 1) - start)


def memory(worker: Process) -> float:
    """MB of a worker and its pool, shared pages counted once."""
    pids = [worker.pid, *map(int, Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split())]
    return sum(proportional(pid) for pid in pids) / 1024


def proportional(pid: int) -> int:
    """kB, by the kernel's own proportional count."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
