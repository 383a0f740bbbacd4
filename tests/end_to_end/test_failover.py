"""The primary dies: a synchronous standby takes over, and has every order whose customer was told its number."""

import subprocess
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shop.quickstart.local_desk import ROOT
from tests.end_to_end.customers import Customers
from tests.end_to_end.desk import TestDesk, desk, wait_for
from tests.servers import pgbouncer, standby
from tests.servers.postgres import NAME, PostgreSQL, programs, server
from tests.servers.standby import Standby

SETTINGS = {
    "SHOP_STEP_TIME_LIMIT_SECONDS": "6",
    "SHOP_STEP_LEASE_SECONDS": "8",
    "SHOP_STEP_GRACE_SECONDS": "2",
    "SHOP_RETRY_DELAYS_SECONDS": ",".join(["0.5", "1"] + ["2"] * 60),
    "SHOP_SAP_REQUEST_LIMIT_SECONDS": "2",
}
STEPS = "SELECT name, state, count(*) FROM orders_step GROUP BY name, state ORDER BY name, state"


@pytest.fixture
def pair(database_url: str) -> Iterator[tuple[PostgreSQL, Standby]]:
    """A primary with tables and products, and a standby that each commit waits for."""
    with server() as primary:
        copy(database_url, primary.url)
        with standby.following(primary) as second:
            primary.query(standby.SYNCHRONOUS)
            primary.query("SELECT pg_reload_conf()")
            wait_for(lambda: primary.query(standby.FOLLOWERS) == [("pg2", "quorum")], "commits wait for the standby")
            yield primary, second


def copy(source: str, target: str) -> None:
    """All of a database into an empty one: migrations would take far longer."""
    dump = subprocess.run(
        [programs() / "pg_dump", "--no-owner", "--no-comments", source], capture_output=True, text=True, check=True
    )
    load = [str(programs() / "psql"), "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--dbname={target}"]
    subprocess.run(load, input=dump.stdout, stdout=subprocess.DEVNULL, text=True, check=True)


def both(primary: PostgreSQL, second: Standby) -> str:
    """The primary first, as one writes it down."""
    return primary.url.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{second.port}/")


def refused(here: TestDesk) -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        here.post()
    return error.value.code


@pytest.mark.timeout(240)
@pytest.mark.parametrize("pooled", [False, True], ids=["both in the URL", "behind PgBouncer"])
def test_no_order_that_was_answered_is_lost_with_the_primary(
    pair: tuple[PostgreSQL, Standby], broker_url: str, tmp_path: Path, pooled: bool
) -> None:
    primary, second = pair
    if not pooled:
        drill(
            primary, second, {"SHOP_DATABASE_URL": both(*pair), "SHOP_BROKER_URL": broker_url}, tmp_path, second.promote
        )
        return
    with pgbouncer.pooler(primary, connections=5) as pooler:

        def take_over() -> None:
            second.promote()
            pooler.lead_to(second)

        drill(primary, second, {"SHOP_DATABASE_URL": pooler.url, "SHOP_BROKER_URL": broker_url}, tmp_path, take_over)


def drill(
    primary: PostgreSQL, second: Standby, urls: dict[str, str], folder: Path, take_over: Callable[[], None]
) -> None:
    with desk(folder / "desk", SETTINGS | urls) as here:
        # Nobody is told a number that the standby does not have.
        second.freeze()
        assert refused(here) == 503
        second.thaw()

        with Customers(here) as customers:
            customers.wait_for_more(10)
            primary.kill()
            wait_for(lambda: customers.failed, "customers notice")
            answered = len(customers.placed)
            take_over()
            wait_for(
                lambda: len(customers.placed) >= answered + 10, lambda: f"orders go on: {customers.failed[-1]}", 60
            )
        assert all(": 503 " in failure for failure in customers.failed), customers.failed
        kept = {number for (number,) in second.query_desk("SELECT number FROM orders_order")}
        assert set(customers.placed) <= kept
        done = [(name, "done", len(kept)) for name in ("marketing", "printing", "sap")]
        wait_for(
            lambda: second.query_desk(STEPS) == done,
            lambda: f"{second.query_desk(STEPS)} is {done}\n{here.logs_of_workers()}",
            60,
        )
        assert here.sap_orders() == dict.fromkeys(kept, 1)


def test_the_page_on_many_machines_has_the_drills_commands() -> None:
    page = (ROOT / "docs/scaling.md").read_text()
    for command in (standby.COPY, standby.SYNCHRONOUS, standby.FOLLOWERS, standby.PROMOTE):
        assert command in page
    assert f"dbname={NAME}" in page
