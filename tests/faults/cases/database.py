"""What can go wrong with PostgreSQL."""

import time

from tests.faults.cases import fault
from tests.faults.world import World, wait_for

LEFT = 5  # of eight connections; PostgreSQL keeps three for its operator


@fault(12)
def database_restarted(world: World, orders: int) -> None:
    """PostgreSQL restarted, backends terminated, connections exhausted, in mid-step."""
    with world.load.steady(15):
        for _ in range(3):
            time.sleep(orders / 75)
            assert world.database.terminate_backends(), "nobody was connected"
        world.database.restart()
        time.sleep(orders / 75)
        world.database.query("ALTER SYSTEM SET max_connections = 8")
        world.database.restart()
        world.database.query("ALTER SYSTEM RESET max_connections")
        wait_for(lambda: _connected(world) == LEFT, "all connections were used up")
        time.sleep(orders / 75)
        world.database.restart()


def _connected(world: World) -> int:
    """How many connections the desk has; the operator's are not its own."""
    desks = "SELECT pid FROM pg_stat_activity JOIN pg_user USING (usename) WHERE NOT usesuper"
    return len(world.database.query(desks))
