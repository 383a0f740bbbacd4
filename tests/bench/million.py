"""Does a desk with a million orders behind it answer as one with ten thousand?"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.customers import Request, ask, get, order, status_of
from tests.bench.ground import Ground, Web
from tests.bench.report import Figure, at_most, compared, percentile
from tests.bench.seed import insert

CLIENT = "front"
PASSWORD = "only-for-benches"


def million(ground: Ground) -> list[Figure]:
    """Two databases on one server; everything else is the same. The median of each round is compared."""
    few, many = (1_000, 10_000) if ground.quick else (10_000, 1_000_000)
    desks = [Filled(ground, "few", few), Filled(ground, "many", many)]
    desks[0].make()
    ground.query("CREATE DATABASE desk_many TEMPLATE desk_few")
    for desk in desks:
        desk.fill()
    ground.database.query("CHECKPOINT")
    rounds, count = (2, 10) if ground.quick else (10, 40)
    asked: dict[str, Callable[[Filled], list[float]]] = {
        "GET /order/<num>": lambda desk: desk.timed(lambda: get(f"/order/{desk.some_number()}"), 200, count),
        "GET /order, a client's list": lambda desk: desk.timed(lambda: desk.client_list(), 200, count),
        "POST /order": lambda desk: desk.timed(order(), 201, count),
        "admin's list of orders": lambda desk: desk.timed(lambda: desk.admin_list(), 200, max(5, count // 4)),
        "sweeper's tick": lambda desk: desk.ticks(count),
    }
    found = []
    for what, measure in asked.items():
        pairs = [tuple(percentile(measure(desk), 0.5) * 1000 for desk in desks) for _ in range(rounds + 1)][1:]
        small, large = ([pair[place] for pair in pairs] for place in (0, 1))
        found.append(
            compared("million", f"{what}, {many:,} orders", large, f"{few:,} orders", small, "ms", at_most(1.3))
        )
    return found


class Filled:
    """A desk with so many processed orders, its database and its web server."""

    def __init__(self, ground: Ground, name: str, orders: int) -> None:
        self.ground, self.name, self.orders = ground, name, orders
        self.url = ground.database.url_of(f"desk_{name}")
        self.turn = 0

    def make(self) -> None:
        """A new database with catalogue and staff, and no orders."""
        more = {"SHOP_DATABASE_URL": self.url}
        self.ground.query(f"CREATE DATABASE desk_{self.name}")
        self.ground.manage("migrate", "-v0", **more)
        self.ground.manage("demo_catalogue", **more)
        self.ground.manage("createsuperuser", "--noinput", "--username=ana", "--email=ana@example.org",
                           DJANGO_SUPERUSER_PASSWORD=PASSWORD, **more)  # fmt: skip

    def fill(self) -> None:
        more = {"SHOP_DATABASE_URL": self.url}
        with self.as_ours():
            left = self.orders
            while left:
                insert(min(left, 100_000), state="done", client=CLIENT)
                left -= min(left, 100_000)
            execute("VACUUM ANALYZE")
            self.key = api_key()
            ((self.lowest, self.highest),) = rows("SELECT min(id), max(id) FROM orders_order")
        self.web: Web = self.ground.web(f"web_{self.name}", **more)
        self.cookie = log_in(self.web.port)

    @contextmanager
    def as_ours(self) -> Iterator[None]:
        """Django of this process works on this database meanwhile."""
        from django.db import connection

        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = f"desk_{self.name}"
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before

    def some_number(self) -> str:
        """Orders from all over the table: the numbers that `insert` gave."""
        self.turn += 1
        place = self.lowest + self.turn * 7919 % (self.highest - self.lowest + 1)
        with self.as_ours():
            return str(rows("SELECT number FROM orders_order WHERE id = %s", place)[0][0])

    def client_list(self) -> bytes:
        """A page from anywhere: of all orders, those that are processed, and before some time."""
        cursor = self.some_number().replace("-", "")
        path = (
            "/order",
            f"/order?cursor={cursor}",
            "/order?status=processed",
            f"/order?status=processed&cursor={cursor}",
        )
        return get(path[self.turn % 4], f"Authorization: Bearer {self.key}\r\n")()

    def admin_list(self) -> bytes:
        return get("/admin/orders/order/", f"Cookie: {self.cookie}\r\n")()

    def timed(self, request: Request | Callable[[], Request | bytes], status: int, count: int) -> list[float]:
        times = []
        for _ in range(count):
            made = request()
            text = made if isinstance(made, bytes) else made()
            started = time.perf_counter()
            answer = ask(self.web.port, text)
            times.append(time.perf_counter() - started)
            assert status_of(answer) == status, answer[:300]
        return times

    def ticks(self, count: int) -> list[float]:
        from orders.outbox.relay import sweep
        from orders.steps.settling import settle_complete

        times = []
        with self.as_ours():
            for _ in range(count):
                started = time.perf_counter()
                sweep()
                settle_complete()
                times.append(time.perf_counter() - started)
        return times[1:]  # The first one has connected.


def execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(statement: str, *values: Any) -> list[tuple[int, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[int, ...]] = cursor.fetchall()
        return found


def api_key() -> str:
    from orders.api_keys import make
    from orders.models.api_key import Scope

    return make(CLIENT, Scope, by="bench")[1]


def log_in(port: int) -> str:
    """The session's cookie."""
    import requests

    session = requests.Session()
    url = f"http://127.0.0.1:{port}/admin/login/"
    page = session.get(url, timeout=30).text
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    form = {"username": "ana", "password": PASSWORD, "csrfmiddlewaretoken": token, "next": "/admin/"}
    session.post(url, form, headers={"Referer": url}, timeout=30, allow_redirects=False)
    return f"sessionid={session.cookies['sessionid']}"
