"""What can go wrong with PostgreSQL."""

import time

from tests.faults.cases import fault
from tests.faults.world import World


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
        time.sleep(orders / 75)
        world.database.query("ALTER SYSTEM RESET max_connections")
        world.database.restart()
