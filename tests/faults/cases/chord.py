"""What can go wrong with the chord and its result backend."""

import time

from tests.faults.cases import fault
from tests.faults.world import QUEUES, World, wait_for

PUBLISH = "from orders.publish import publish_steps; publish_steps({step!r}, {orders})"


@fault(9)
def header_twice(world: World, orders: int) -> None:
    """Every header task twice, in the orders A A B C and A B B C; chord state deleted."""
    # The backend keeps no state that could be deleted: it asks the rows.
    for twice in ("sap", "marketing"):
        for worker in world.workers:
            worker.kill()
        world.workers = []
        world.load.burst(max(2, orders // 4))
        time.sleep(0.5)
        numbers = [row[0] for row in world.query("SELECT id FROM orders_order WHERE status = 'received'")]
        world.manage("shell", "-v0", "-c", PUBLISH.format(orders=numbers, step=twice))
        for queue in QUEUES:  # One destination after the other, hence A A B C, then A B B C.
            worker = world.start_worker("-Q", queue)
            if queue != "orders":
                wait_for(lambda queue=queue: not world.ready(queue), f"queue {queue} was empty")
                worker.stop()


@fault(10)
def results_unavailable(world: World, orders: int) -> None:
    """Result storage unavailable while the steps run."""
    # The rows are the result storage: it goes away while SAP works on the steps, and comes back later.
    world.break_sap("hang-after", 2, "POST")
    world.load.burst(orders)
    time.sleep(0.3)
    world.database.stop()
    world.heal_sap()  # SAP has them, and the answers are lost.
    time.sleep(5)
    world.database.start()
