"""A filled database of the version before is brought up to date while web and workers of both versions go on."""

import io
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from integrations.sandbox.environment import environment as sandbox_environment
from shop.quickstart.local_desk import ROOT
from shop.quickstart.processes import Process
from tests.end_to_end.customers import Customers
from tests.end_to_end.desk import TestDesk, wait_for
from tests.lacking import lacks
from tests.servers import postgres, rabbitmq

# The first migration that the version before did not have. The commit that brought it is found by its name.
FIRST_NEW = "orders/migrations/0017_staff_and_operators.py"
OF_BEFORE = 10_000
STILL_OPEN = 40
FILL = f"""
from tests.bench.seed import insert
insert({OF_BEFORE - STILL_OPEN}, state="done")
insert({STILL_OPEN}, due_in=0)
"""
STEPS = "SELECT name, state, count(*) FROM orders_step GROUP BY name, state ORDER BY name, state"


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False).stdout


@pytest.fixture(scope="module")
def tree_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it was before that migration."""
    brought = git("log", "--diff-filter=A", "--format=%H", "--", FIRST_NEW).decode().split()
    archive = git("archive", f"{brought[-1]}^") if brought else b""
    if not archive:
        lacks(f"the commit before {FIRST_NEW} is not here: a shallow clone has no history (git fetch --unshallow)")
    tree = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(tree, filter="data")
    assert not (tree / FIRST_NEW).exists()
    return tree


class DeskBefore(TestDesk):
    """Its processes run the code of the version before, with the Python packages of today."""

    def __init__(self, tree: Path, var_dir: Path, settings: Mapping[str, str]) -> None:
        super().__init__(var_dir, settings)
        self.tree = tree

    def python(self, name: str, *arguments: str) -> Process:
        process = super().python(name, *arguments)
        process.cwd = self.tree
        return process


@pytest.fixture
def database() -> Iterator[postgres.PostgreSQL]:
    with postgres.server() as database:
        yield database


@pytest.mark.timeout(600)
def test_ten_thousand_orders_are_brought_along_while_both_versions_take_more(
    tree_before: Path, tmp_path: Path, database: postgres.PostgreSQL
) -> None:
    with ExitStack() as ending:
        broker = ending.enter_context(rabbitmq.server())
        floor = {"SHOP_DATABASE_URL": database.url, "SHOP_BROKER_URL": broker.url, "SHOP_SECRET_KEY": "the same"}
        floor |= {"SHOP_ORDER_STEPS": "sap,marketing,printing", "SHOP_SPOOL_DIR": str(tmp_path / "spool")}
        new = TestDesk(tmp_path / "new", floor)
        before = DeskBefore(tree_before, tmp_path / "before", floor | sandbox_environment(new.sandbox_url))
        ending.callback(new.kill)
        ending.callback(before.kill)

        # The version before, as an operator has it: filled, dumped, and put into another server.
        before.fill()
        before.manage("shell", "-v0", "-c", FILL)
        dump = database.dump()
        database.drop()
        database.load(dump)
        assert database.query_desk("SELECT count(*) FROM orders_order") == [(OF_BEFORE,)]

        new.start_sandbox()
        before.start_web()
        before.start_worker()
        with Customers(before) as customers:
            customers.wait_for_more(20)
            new.manage("migrate")
            customers.wait_for_more(20)
            new.start_web()
            new.start_worker("worker2")
            customers.desks.append(new)
            customers.wait_for_more(40)
            # The load balancer leaves the old ones out, then they are told to end.
            customers.desks.remove(before)
            customers.wait_for_more(2)
            before.stop()
            customers.wait_for_more(20)
        assert customers.failed == []

        total = OF_BEFORE + len(customers.placed)
        done = [(name, "done", total) for name in ("marketing", "printing", "sap")]
        wait_for(lambda: database.query_desk(STEPS) == done, lambda: f"{database.query_desk(STEPS)} is {done}", 300)
        assert database.query_desk("SELECT count(*) FROM orders_order WHERE status <> 'processed'") == [(0,)]
        # Each order that was open or is new, once; and of those that were done none again.
        sales = new.sap_orders()
        assert set(customers.placed) <= set(sales)
        assert (len(sales), set(sales.values())) == (STILL_OPEN + len(customers.placed), {1})
        assert len(list((tmp_path / "spool").glob("*.pdf"))) == len(sales)
        assert len(new.events()) == len(sales)
