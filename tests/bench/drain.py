"""Does a long backlog slow the desk down, or make its workers grow?"""

from contextlib import AbstractContextManager
from pathlib import Path

from shop.processes import Process
from tests.bench.ground import IDLE, Ground, wait_for
from tests.bench.pipeline import working
from tests.bench.report import Figure, at_least, at_most, compared
from tests.bench.seed import place
from tests.servers import rabbitmq

RATE = """
SELECT (count(*) - 1) / extract(epoch FROM max(settled_at) - min(settled_at))
FROM (SELECT settled_at FROM orders_order WHERE settled_at IS NOT NULL ORDER BY settled_at OFFSET %s LIMIT %s) o
"""


def drain(ground: Ground) -> list[Figure]:
    """A backlog as messages and rows: what is there when workers start after a long stop.

    Two desks on the same servers, each with a database and a virtual host of its own: one has the whole backlog before
    it, the other is filled up to 1,000 orders (200 with --quick) before each turn.
    """
    large, small, window, rounds = (500, 200, 160, 1) if ground.quick else (50_000, 1000, 700, 5)
    ground.clear()
    few = Desk(ground, "few")
    many = Desk(ground, "many", like=few)
    many.place(large)
    with many.working() as worker:
        full = [many.rate(window)]
        early = memory(worker)
        wait_for(lambda: many.done() > min(large - 10, 10 * window), "a good part is done", 600, every=1)
        late = memory(worker)
    short = [few.filled_up_to(small, window)]
    for _ in range(rounds - 1):
        with many.working():
            full.append(many.rate(window))
        short.append(few.filled_up_to(small, window))
    for desk in (few, many):
        desk.end()
    rates = compared("drain", f"backlog of {large}", full, f"of {small}", short, "orders/s", at_least(0.95))
    grown = compared("drain", "worker's memory late in it", [late], "early", [early], "MB", at_most(1.1))
    return [rates, grown]


class Desk:
    """A desk with a database and a virtual host of its own, and idle effects."""

    def __init__(self, ground: Ground, name: str, *, like: "Desk | None" = None) -> None:
        self.ground, self.database = ground, f"drain_{name}"
        ground.query(f"CREATE DATABASE {self.database} TEMPLATE {like.database if like else 'template1'}")
        self.more = {
            "SHOP_DATABASE_URL": ground.database.url_of(self.database),
            "SHOP_BROKER_URL": ground.broker.url.removesuffix("/") + self.database,
        }
        ground.broker.ctl("add_vhost", self.database)
        ground.broker.ctl("set_permissions", "-p", self.database, rabbitmq.USER, ".*", ".*", ".*")
        if like is None:
            ground.manage("migrate", "-v0", **self.more)
            ground.manage("demo_catalogue", **self.more)

    def end(self) -> None:
        """What is left of the backlog must not be in the way of the next bench."""
        self.ground.broker.ctl("delete_vhost", self.database)
        self.ground.query(f"DROP DATABASE {self.database} WITH (FORCE)")

    def place(self, orders: int) -> None:
        place(self.ground, orders, **self.more)

    def working(self) -> AbstractContextManager[Process]:
        return working(self.ground, "desk", settings=IDLE, **self.more)

    def number(self, statement: str, *values: object) -> float:
        return float(self.ground.database.query(statement, *values, database=self.database)[0][0] or 0)

    def done(self) -> float:
        return self.number("SELECT count(*) FROM orders_order WHERE status = 'processed'")

    def waiting(self) -> int:
        return int(self.number("SELECT count(*) FROM orders_order WHERE status = 'received'"))

    def filled_up_to(self, orders: int, window: int) -> float:
        """The rate with so many orders waiting."""
        self.place(orders - self.waiting())
        with self.working():
            return self.rate(window)

    def rate(self, window: int) -> float:
        """Orders a second over the next `window` orders, after the first quarter of them; by the rows' own times."""
        before = self.done()
        wait_for(lambda: self.done() >= before + window, "the window is over", 300, every=1)
        return self.number(RATE, before + window // 4, window - window // 4)


def memory(worker: Process) -> float:
    """MB of a worker and its pool, shared pages counted once."""
    pids = [worker.pid, *map(int, Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split())]
    return sum(proportional(pid) for pid in pids) / 1024


def proportional(pid: int) -> int:
    """kB, by the kernel's own proportional count."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
