"""How soon the first step of an order starts, on an idle desk."""

import time

from tests.bench.customers import one_after_another, order
from tests.bench.ground import IDLE, Ground
from tests.bench.pipeline import working
from tests.bench.report import Figure, alone, at_most, percentile

# An order's lines are never changed, so their row still knows the transaction that inserted them.
DELAYS = """
SELECT extract(epoch FROM first.started_at - pg_xact_commit_timestamp(line.xmin)) * 1000
FROM orders_orderline line JOIN (SELECT order_id, min(started_at) started_at FROM orders_step GROUP BY order_id) first
  USING (order_id) WHERE line.position = 1 AND first.started_at IS NOT NULL ORDER BY line.id
"""


def dispatch(ground: Ground) -> list[Figure]:
    """From the commit, by the database's own clock, to the claim that starts the first step."""
    web = ground.web("idle", settings=IDLE)
    count, warm = (15, 3) if ground.quick else (200, 12)
    with working(ground, "desk", settings=IDLE):
        one_after_another(web.port, order(), 5)
        time.sleep(warm)  # The worker has found its first orders, at the latest by its sweeper.
        ground.clear()
        for _ in range(count):
            one_after_another(web.port, order(), 1)
            time.sleep(0.15)
        time.sleep(1)
    delays = [float(delay) for (delay,) in ground.query(DELAYS)]
    assert len(delays) >= count * 0.95, f"of {count} orders only {len(delays)} have started"
    return [
        alone("dispatch", "commit to the first start, p50", delays, "ms", at_most(50)),
        alone("dispatch", "commit to the first start, p99", [percentile(delays, 0.99)], "ms"),
    ]
