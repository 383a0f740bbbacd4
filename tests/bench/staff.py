"""What staff wait for with 100,000 orders behind them: front page, list, an order, find, figures."""

import re
import time

from tests.bench.customers import ask, get
from tests.bench.ground import Ground
from tests.bench.million import Filled, execute, rows
from tests.bench.report import Figure, alone, at_most, compared, percentile

PLAIN = "tests.bench.rivals.plain_admin"
LIST = "/admin/orders/order/"
OPEN = 60  # orders
MOST = 100  # ms, for pages that count more than they show


def staff(ground: Ground) -> list[Figure]:
    """The lists in turns with that of Django's own admin, of the same rows: five columns, fifty orders a page."""
    desk = Filled(ground, "staff", 5_000 if ground.quick else 100_000)
    desk.make()
    desk.fill()
    with desk.as_ours():  # As in a warehouse that packs: what came in today is open, the rest is on its way.
        execute(f"UPDATE orders_order SET status = 'shipped' WHERE id <= {desk.highest - OPEN}")  # noqa: S608
        execute("VACUUM ANALYZE orders_order")
    plain = ground.web("plain", settings=PLAIN, SHOP_DATABASE_URL=desk.url)
    with desk.as_ours():
        ((pk, number),) = rows("SELECT id, number FROM orders_order WHERE id = %s", (desk.lowest + desk.highest) // 2)
    rounds, count = (2, 4) if ground.quick else (8, 12)

    def timed(port: int, path: str) -> float:
        return percentile([seconds(port, path, desk.cookie) for _ in range(count)], 0.5) * 1000

    found = []
    beside = {"list of orders": LIST, "search by number": f"{LIST}?q={number}", "an order": f"{LIST}{pk}/change/"}
    for what, path in beside.items():
        pairs = [(timed(desk.web.port, path), timed(plain.port, LIST)) for _ in range(rounds + 1)][1:]
        ours, theirs = zip(*pairs, strict=True)
        found.append(compared("staff", what, ours, "plain admin's list", theirs, "ms", at_most(1.3)))
    counting = {"front page": "/admin/", "find": f"/desk/find?q={number}", "30 days": "/admin/integrations/purchase/"}
    for what, path in counting.items():
        times = [timed(desk.web.port, path) for _ in range(rounds + 1)][1:]
        found.append(alone("staff", what, times, "ms", at_most(MOST)))
    return found


def seconds(port: int, path: str, cookie: str) -> float:
    """Until the page is there. Find leads on to the order where there is one hit."""
    started = time.perf_counter()
    answer = ask(port, get(path, f"Cookie: {cookie}\r\n")())
    took = time.perf_counter() - started
    assert re.match(rb"HTTP/1.1 (200|302) ", answer), (path, answer[:300])
    assert b"/admin/login/" not in answer[:1000], path
    return took
