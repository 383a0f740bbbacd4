"""SAP is away for an hour: do the other steps notice, and how fast is what piled up worked off?"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.customers import at_rate, order
from tests.bench.ground import IDLE, Ground, wait_for
from tests.bench.pipeline import working
from tests.bench.report import Figure, at_least, at_most, compared, percentile
from tests.bench.seed import insert

RATE = 5.0  # orders a second
AN_HOUR = 3600  # seconds
PACE = 60  # An hour's waiting takes a minute: the desk's delays are so much shorter.
DELAYS = """
SELECT extract(epoch FROM s.finished_at - o.created_at) * 1000
FROM orders_step s JOIN orders_order o ON o.id = s.order_id
WHERE s.name <> 'sap' AND s.state = 'done' AND o.id > %s
"""
SAP_OPEN = "SELECT count(*) FROM orders_step WHERE name = 'sap' AND state <> 'done' AND order_id = ANY(%s)"
SAP_TOOK = """
SELECT extract(epoch FROM max(finished_at) - min(started_at)) FROM orders_step WHERE name = 'sap' AND order_id = ANY(%s)
"""
PUBLISH = """
import shop.celery
from orders.outbox.publisher import publish_steps
publish_steps("sap", {ids})
"""


def outage(ground: Ground) -> list[Figure]:
    """The hour's orders are put into the database as the outage leaves them: their SAP steps waiting, the rest done."""
    switch = ground.folder / "sap-is-down"
    paced = {
        "BENCH_SAP_IS_DOWN": str(switch),
        "SHOP_RETRY_DELAYS_SECONDS": ",".join(str(seconds / PACE) for seconds in (10, 30, 120, 600, 1800)) + ",60" * 60,
        "SHOP_BREAKER_DELAY_SECONDS": str(30 / PACE),
    }
    web = ground.web("idle", settings=IDLE)
    rounds, seconds = (1, 2.0) if ground.quick else (5, 10.0)
    down: list[float] = []
    well: list[float] = []
    with working(ground, "desk", settings=IDLE, **paced):
        at_rate(web.port, order(), per_second=RATE, seconds=3)
        for _ in range(rounds):
            with away(switch):
                down.append(others(ground, web.port, seconds))
            well.append(others(ground, web.port, seconds))
        wait_for(lambda: ground.number("SELECT count(*) FROM orders_step WHERE state <> 'done'") == 0, "SAP has all")
    count = int(RATE * AN_HOUR) // (30 if ground.quick else 1)
    backlog, normal = released_and_fresh(
        ground, count, paced, window=min(count // 4, 1500), rounds=1 if ground.quick else 5
    )
    return [
        compared("outage", "other steps while SAP is down, p50", down, "SAP is well", well, "ms", at_most(1.1)),
        compared(
            "outage", f"of {count:,} SAP steps held back", backlog, "as they come", normal, "steps/s", at_least(0.9)
        ),
    ]


@contextmanager
def away(switch: Path) -> Iterator[None]:
    switch.touch()
    try:
        yield
    finally:
        switch.unlink()


def others(ground: Ground, port: int, seconds: float) -> float:
    """Median ms from the order to the end of a step that is not SAP's."""
    (last,) = ground.query("SELECT coalesce(max(id), 0) FROM orders_order")[0]
    at_rate(port, order(), per_second=RATE, seconds=seconds)
    time.sleep(1)
    return percentile([float(delay) for (delay,) in ground.query(DELAYS, last)], 0.5)


def released_and_fresh(
    ground: Ground, count: int, paced: dict[str, str], *, window: int, rounds: int
) -> tuple[list[float], list[float]]:
    """SAP steps a second while nothing else is to do: let go by the sweeper, and as messages; in turns."""
    ground.clear()
    ids = insert(count, due_in=24 * 3600)
    ground.query("UPDATE orders_step SET state = 'done', finished_at = now() WHERE name <> 'sap'")
    ground.query("VACUUM ANALYZE")  # As autovacuum left it meanwhile; it must not come in the middle.
    windows = iter([ids[start : start + window] for start in range(0, count, window)])
    released: list[float] = []
    fresh: list[float] = []
    with working(ground, "desk", settings=IDLE, **paced):
        publish(ground, next(windows))  # Warm-up.
        for _ in range(rounds):
            some = next(windows)
            publish(ground, some)
            fresh.append(rate(ground, some))
            some = next(windows)
            ground.query("UPDATE orders_step SET due_at = now() WHERE name = 'sap' AND order_id = ANY(%s)", some)
            released.append(rate(ground, some))
    return released, fresh


def publish(ground: Ground, ids: list[int]) -> None:
    """The orders' SAP steps as messages; returns when they are done."""
    ground.manage("shell", "-v0", "-c", PUBLISH.format(ids=ids), settings=IDLE)
    wait_for(lambda: not ground.number(SAP_OPEN, ids), "SAP has them", 600, every=0.5)


def rate(ground: Ground, ids: list[int]) -> float:
    """Steps a second from the first start to the last end; waits for it."""
    wait_for(lambda: not ground.number(SAP_OPEN, ids), "SAP has them", 600, every=0.5)
    return len(ids) / ground.number(SAP_TOOK, ids)
