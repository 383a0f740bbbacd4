"""Copies of a desk, and desks that come out of a backup: what an operator does with dumps."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.faults.cases import fault
from tests.faults.world import World, wait_for
from tests.integrations.mail.running_mail_server import running

SWEEPS = "SELECT started_at FROM orders_round WHERE task = 'orders.tasks.sweep_steps'"
LOOKS = 6  # sweeps in which a copy must have sent nothing


@fault(40)
def adopt(world: World, orders: int) -> None:
    """A copy of a database with open steps: nothing is sent, printed or mailed until it is adopted, then all once.

    The copy is loaded under workers that run already, and are another desk's. Customers order in it meanwhile.
    """
    with _desk_with_mail(world) as (outside, variables):
        _named(world, variables, "live")
        world.load.burst(orders // 2)
        _all_done(world)
        world.break_sap("503")
        world.load.burst(orders // 4)
        for worker in world.workers:
            worker.stop()  # Killed in the middle of a mail it would leave that to a person.
        world.load.burst(orders // 4)
        dump = world.database.dump()
        assert world.open_steps() > orders // 4, "the copy has nothing open"
        world.heal_sap()
        world.broker.forget()
        world.database.drop()
        before = outside()
        _load_under_workers_of(world, {**variables, "SHOP_INSTANCE": "rehearsal"}, dump)
        world.load.burst(orders // 4)
        _let_it_sweep(world)
        assert outside() == before, f"a copy reached the outside: {before} became {outside()}"
        assert world.events_in("open"), "a copy told its followers"
        assert "rehearsal" in world.manage("adopt")
        _all_done(world)
        reached = outside()
        assert reached["mails"] == reached["sales orders"] == len(world.load.accepted), reached


@fault(41)
def restore(world: World, orders: int) -> None:
    """Backup drill: a dump and the broker's definitions on empty servers; reconcile names what the restore lost."""
    began = datetime.now(UTC)
    world.load.burst(orders // 4)
    _all_done(world)
    world.break_sap("503")
    world.load.burst(orders // 4)
    dump, definitions = world.database.dump(), world.folder / "definitions.json"
    world.broker.ctl("export_definitions", str(definitions))
    assert world.open_steps(), "the dump has no open steps"
    world.heal_sap()
    kept = world.load.accepted
    world.load.burst(orders // 4)
    lost = world.load.accepted - kept
    _all_done(world)
    world.web.stop()
    for worker in world.workers:
        worker.stop()
    world.follower.read()  # What lies in its queue goes with the broker; the queue itself comes back, and fills.
    world.broker.forget()
    world.database.drop()
    world.database.load(dump)
    world.broker.ctl("import_definitions", str(definitions))
    world.lose(lost)
    # (SAP tells the day alone: other faults of today have lost orders, too.)
    found = _reconcile(world, began)
    assert lost <= found["lost"].keys() <= world.gone, f"{found}; lost were {lost}"
    world.start_web()
    world.replace_workers()
    _all_done(world)
    found = _reconcile(world, began)
    assert lost <= found["lost"].keys() <= world.gone, f"{found}; lost were {lost}"
    assert not found["missing"], found
    world.load.burst(orders // 4)


def _reconcile(world: World, since: datetime) -> dict[str, Any]:
    return dict(json.loads(world.manage("reconcile", "--since", since.isoformat(), "--json", code=1)))


def _all_done(world: World) -> None:
    wait_for(lambda: not world.open_steps() and not world.unsettled(), "all orders were processed")


def _named(world: World, variables: Mapping[str, str], name: str) -> None:
    """The desk and its database have a name. What was done before it had one stays done."""
    world.restart_with({**variables, "SHOP_INSTANCE": name})
    world.manage("adopt")


def _load_under_workers_of(world: World, variables: dict[str, str], dump: str) -> None:
    """Workers with these variables run, without a table to read, when the dump comes; the web is started after it."""
    world.also = variables
    world.web.stop()
    world.replace_workers()
    for worker in world.workers:
        world.wait_until_ready(worker)
    world.database.load(dump)
    world.start_web()


def _let_it_sweep(world: World) -> None:
    """Waits until the workers have looked for work some times, and have emptied their queues."""
    for _ in range(LOOKS):
        wait_for(partial(_swept, world, world.query(SWEEPS)), "a worker sweeps")
    wait_for(lambda: not world.ready(), "the workers took all messages")
    time.sleep(1)  # For what is on its way outside.


def _swept(world: World, before: list[tuple[Any, ...]]) -> bool:
    return world.query(SWEEPS) != before


@contextmanager
def _desk_with_mail(world: World) -> Iterator[tuple[Any, dict[str, str]]]:
    """The destination `mail` too; a function that counts what reached the outside, and the desk's variables."""
    with running(world.folder, "sap,marketing,printing") as (server, variables):
        world.load.more = {"email": "ingibjorg@example.com"}

        def outside() -> dict[str, int]:
            return {
                "sales orders": world.sap_orders().total(),
                "purchases": world.events().total(),
                "slips": world.sheets().total(),
                "mails": len(server.mails),
            }

        start = outside()
        try:
            yield lambda: {name: count - start[name] for name, count in outside().items()}, dict(variables)
        finally:
            world.load.more = {}
            world.restart_with({})
            world.manage("adopt")
