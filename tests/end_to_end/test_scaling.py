"""Two web and two worker machines, three RabbitMQ nodes, a PgBouncer: a node and a machine die, and nothing is lost."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from integrations.sandbox.environment import environment as sandbox_environment
from tests.end_to_end.customers import Customers
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers import pgbouncer, postgres, rabbitmq

STEPS = "SELECT name, state, count(*) FROM orders_step GROUP BY name, state ORDER BY name, state"
SETTINGS = {
    "SHOP_SECRET_KEY": "the same on all machines",
    "SHOP_STEP_TIME_LIMIT_SECONDS": "6",
    "SHOP_STEP_LEASE_SECONDS": "8",
    "SHOP_STEP_GRACE_SECONDS": "2",
    "SHOP_RETRY_DELAYS_SECONDS": ",".join(["0.5", "1"] + ["2"] * 60),
    "SHOP_BREAKER_DELAY_SECONDS": "1",
    "SHOP_SAP_REQUEST_LIMIT_SECONDS": "2",
    # A spool folder names its files by the order: a slip that is written again is the same file.
    "SHOP_ORDER_STEPS": "sap,marketing,printing",
}
CONNECTIONS = 3


def clients(pooler: pgbouncer.PgBouncer) -> int:
    """How many connections the desk's processes have to the pooler."""
    return len([row for row in pooler.show("CLIENTS") if row["database"] == postgres.NAME])


def used(pooler: pgbouncer.PgBouncer) -> int:
    """How many the pooler has to the database."""
    return len([row for row in pooler.show("SERVERS") if row["database"] == postgres.NAME])


@pytest.fixture
def grounds() -> Iterator[tuple[postgres.PostgreSQL, pgbouncer.PgBouncer, rabbitmq.Cluster]]:
    with ExitStack() as ending:
        database = ending.enter_context(postgres.server())
        pooler = ending.enter_context(pgbouncer.pooler(database, connections=CONNECTIONS))
        yield database, pooler, ending.enter_context(rabbitmq.cluster())


@pytest.mark.timeout(700)
def test_a_broker_node_and_a_worker_machine_die_and_nothing_is_lost_or_doubled(
    grounds: tuple[postgres.PostgreSQL, pgbouncer.PgBouncer, rabbitmq.Cluster], tmp_path: Path
) -> None:
    database, pooler, cluster = grounds
    urls = [node.url for node in cluster.nodes]
    # Each machine has a node of its own that it asks first, and a folder of its own; all share the printers' folder.
    shared = SETTINGS | {"SHOP_DATABASE_URL": pooler.url, "SHOP_SPOOL_DIR": str(tmp_path / "spool")}
    first = TestDesk(tmp_path / "first", shared | {"SHOP_BROKER_URL": ";".join(urls)})
    away = sandbox_environment(first.sandbox_url)
    second = TestDesk(tmp_path / "second", shared | away | {"SHOP_BROKER_URL": ";".join(urls[::-1])})
    try:
        TestDesk(tmp_path / "filling", shared | {"SHOP_DATABASE_URL": database.url}).fill()
        with ThreadPoolExecutor() as pool:
            for start in [first.start_sandbox, first.start_web, second.start_web]:
                pool.submit(start)
        first.start_worker("worker1")
        doomed = second.start_worker("worker2")
        with Customers(first, second) as customers:
            customers.wait_for_more(20)
            assert used(pooler) <= CONNECTIONS < clients(pooler)
            node = cluster.leader("sap")
            node.kill()
            customers.wait_for_more(20)
            doomed.send(signal.SIGSTOP)  # It holds steps it will never finish.
            customers.wait_for_more(6)
            doomed.kill()
            customers.wait_for_more(20)
        assert customers.failed == []
        placed = len(customers.placed)
        done = [(name, "done", placed) for name in ("marketing", "printing", "sap")]
        wait_for(
            lambda: database.query_desk(STEPS) == done,
            lambda: f"{database.query_desk(STEPS)} is {done}\n{first.logs_of_workers()}",
            300,
        )
        assert first.sap_orders() == dict.fromkeys(customers.placed, 1)
        assert len(list((tmp_path / "spool").glob("*.pdf"))) == placed
    finally:
        first.kill()
        second.kill()
