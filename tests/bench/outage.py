"""SAP is away for an hour: do the other steps notice, and how fast is what piled up worked off?"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.customers import at_rate, order
from tests.bench.ground import IDLE, Ground, wait_for
from tests.bench.pipeline import working
from tests.bench.report import Figure, at_least, at_most, compared, percentile
from tests.bench.seed import insert, place

RATE = 5.0  # orders a second
AN_HOUR = 3600  # seconds
PACE = 60  # An hour's waiting takes a minute: the desk's delays are so much shorter.
DELAYS = """
SELECT extract(epoch FROM s.finished_at - o.created_at) * 1000
FROM orders_step s JOIN orders_order o ON o.id = s.order_id
WHERE s.name <> 'sap' AND s.state = 'done' AND o.id > %s
"""
SAP_DONE = "SELECT count(*) FROM orders_step WHERE name = 'sap' AND state = 'done'"


def outage(ground: Ground) -> list[Figure]:
    """The hour's orders are put into the database as the outage leaves them: their SAP steps waiting, the rest done."""
    switch = ground.folder / "sap-is-down"
    paced = {
        "BENCH_SAP_IS_DOWN": str(switch),
        "SHOP_RETRY_DELAYS_SECONDS": ",".join(str(seconds / PACE) for seconds in (10, 30, 120, 600, 1800)) + ",60" * 60,
        "SHOP_BREAKER_DELAY_SECONDS": str(30 / PACE),
    }
    web = ground.web("idle", settings=IDLE)
    rounds, seconds = (1, 4.0) if ground.quick else (5, 10.0)
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
    window = min(count, 3000) // 2
    backlog, normal = [], []
    for _ in range(1 if ground.quick else 2):
        normal.append(sap_rate(ground, window, after_outage=False, paced=paced))
        backlog.append(sap_rate(ground, window, after_outage=True, paced=paced, count=count))
    return [
        compared("outage", "other steps while SAP is down, p50", down, "SAP is well", well, "ms", at_most(1.1)),
        compared("outage", f"{count:,} SAP steps held back", backlog, "as they come", normal, "steps/s", at_least(0.9)),
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


def sap_rate(ground: Ground, window: int, *, after_outage: bool, paced: dict[str, str], count: int = 0) -> float:
    """SAP steps a second, while nothing else is to do: as messages, or as rows that the sweeper lets go."""
    ground.clear()
    if after_outage:
        insert(count, due_in=0)
    else:
        place(ground, window + window // 2)
        ground.broker.ctl("purge_queue", "marketing")
        ground.broker.ctl("purge_queue", "printing")
    ground.query("UPDATE orders_step SET state = 'done', finished_at = now() WHERE name <> 'sap'")
    with working(ground, "desk", settings=IDLE, **paced):
        wait_for(lambda: ground.number(SAP_DONE) >= window / 4, "SAP is asked", every=0.05)
        first, started = ground.number(SAP_DONE), time.perf_counter()
        wait_for(lambda: ground.number(SAP_DONE) >= first + window, "the window is over", 600, every=0.05)
        return (ground.number(SAP_DONE) - first) / (time.perf_counter() - started)
