"""What can go wrong with the chord and its result backend."""

import time
from functools import partial

from celery import Celery

from shop.quickstart.processes import Process
from tests.faults.cases import fault
from tests.faults.world import QUEUES, World, wait_for

PUBLISH = "from orders.outbox.publisher import publish_steps; publish_steps({step!r}, {orders})"
TASKS = {"sap": "notify_sap", "marketing": "record_marketing", "printing": "print_slip"}


@fault(9)
def header_twice(world: World, orders: int) -> None:
    """Every header task twice, in the orders A A B C and A B B C; chord state deleted."""
    # The backend keeps no state that could be deleted: it asks the rows.
    for worker in world.workers:
        worker.kill()
    world.workers = []
    worker = world.start_worker()
    world.wait_until_ready(worker)
    remote = Celery(broker=world.broker.url, set_as_current=False).control
    for twice in ("sap", "marketing"):
        wait_for(lambda: not world.unsettled(), "all orders before were settled")
        for queue in QUEUES:
            remote.cancel_consumer(queue, reply=True, limit=1, timeout=10)
        count = max(2, orders // 4)
        world.load.burst(count)
        numbers = [row[0] for row in world.query("SELECT id FROM orders_order WHERE status = 'received'")]
        assert len(numbers) == count, f"{count} orders should wait, not {len(numbers)}"
        world.manage("shell", "-v0", "-c", PUBLISH.format(orders=numbers, step=twice))
        for queue in QUEUES:  # One destination after the other, hence A A B C, then A B B C.
            before = _ended(worker, queue)
            remote.add_consumer(queue, reply=True, limit=1, timeout=10)
            if queue in TASKS:
                tasks = before + count * (2 if queue == twice else 1)
                wait_for(partial(_ended_all, worker, queue, tasks), f"queue {queue} was worked off")


def _ended_all(worker: Process, queue: str, tasks: int) -> bool:
    return _ended(worker, queue) >= tasks


def _ended(worker: Process, queue: str) -> int:
    """How many of the queue's tasks ended in this worker, by its log."""
    lines = worker.log.read_text(errors="replace").splitlines()
    return sum("] succeeded in " in line and TASKS.get(queue, queue) in line for line in lines)


@fault(10)
def results_unavailable(world: World, orders: int) -> None:
    """Result storage unavailable while the steps run."""
    # The rows are the result storage: it goes away while SAP works on the steps, and comes back later.
    world.break_sap("hang-after", 2, "POST")
    world.load.burst(orders)
    wait_for(lambda: not world.sap_faults(), "two workers waited for SAP")
    time.sleep(0.3)
    assert world.running_steps("sap"), "they waited no longer"
    world.database.stop()
    world.heal_sap()  # SAP has them, and the answers are lost.
    time.sleep(5)
    world.database.start()
