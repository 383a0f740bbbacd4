"""What can go wrong with PostgreSQL."""

import time

import psycopg2

from tests.faults.cases import fault
from tests.faults.world import World, wait_for

LEFT = 5  # of eight connections; PostgreSQL keeps three for its operator


@fault(12)
def database_restarted(world: World, orders: int) -> None:
    """PostgreSQL restarted, backends terminated, connections exhausted, in mid-step."""
    with world.load.steady(15):
        for _ in range(3):
            time.sleep(orders / 75)
            wait_for(world.database.terminate_backends, "somebody was connected")
        world.database.restart()
        time.sleep(orders / 75)
        world.database.query("ALTER SYSTEM SET max_connections = 8")
        world.database.restart()
        world.database.query("ALTER SYSTEM RESET max_connections")
        try:
            wait_for(lambda: _connected(world) == LEFT, "all connections were used up")
            time.sleep(orders / 75)
        finally:
            world.database.restart()


def _connected(world: World) -> int:
    """How many connections the desk has; the operator's are not its own."""
    desks = "SELECT pid FROM pg_stat_activity JOIN pg_user USING (usename) WHERE NOT usesuper"
    return len(world.database.query(desks))


STALL = 6  # seconds: longer than any answer may take


def _health_holds(world: World, ready: int) -> None:
    """While it lasts, health answers in two seconds, and a web process that can take no orders says so."""
    end = time.monotonic() + STALL
    while time.monotonic() < end:
        assert world.load.health()[0] == 200
        assert world.load.health("/ready")[0] == ready
        time.sleep(0.3)


def _taken_again(world: World) -> None:
    wait_for(lambda: world.load.post().status == 201, "orders are taken again", 5)


@fault(30)
def tables_locked(world: World, orders: int) -> None:
    """A table locked by a migration under load: 503 in time, health answers, it goes on by itself."""
    with world.load.steady(orders / 2):
        blocker = psycopg2.connect(world.database.url)
        try:
            blocker.cursor().execute("LOCK TABLE orders_step")
            _health_holds(world, 200)
        finally:
            blocker.close()
        _taken_again(world)
    assert 503 in world.load.refused, "nobody met the lock"
    world.load.assert_told()


@fault(31)
def database_silent(world: World, orders: int) -> None:
    """PostgreSQL stopped (SIGSTOP) under load: 503 in time, health answers, it goes on by itself."""
    with world.load.steady(orders / 2):
        time.sleep(0.5)
        world.database.freeze()
        try:
            _health_holds(world, 503)
        finally:
            world.database.thaw()
        _taken_again(world)
    assert 503 in world.load.refused, "nobody met the silence"
    world.load.assert_told()


@fault(32)
def database_read_only(world: World, orders: int) -> None:
    """PostgreSQL read-only under load: 503, not ready, one line a worker, it goes on by itself."""
    logs = [worker.log for worker in world.workers]
    before = [log.read_text(errors="replace").count("the database is away") for log in logs]
    with world.load.steady(orders / 2):
        time.sleep(0.5)
        world.database.query("ALTER SYSTEM SET default_transaction_read_only = on")
        world.database.query("SELECT pg_reload_conf()")
        wait_for(lambda: world.load.health("/ready")[0] == 503, "the web is not ready", 5)
        _health_holds(world, 503)
        world.database.query("ALTER SYSTEM RESET default_transaction_read_only")
        world.database.query("SELECT pg_reload_conf()")
        _taken_again(world)
    assert 503 in world.load.refused, "nobody met it"
    world.load.assert_told()
    for log, told in zip(logs, before, strict=True):
        lines = log.read_text(errors="replace")
        assert lines.count("the database is away") <= told + 1, "a worker floods the log"
