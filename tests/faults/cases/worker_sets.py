"""Whichever workers there are, every promise is kept."""

import time

import kombu

from tests.faults.cases import fault
from tests.faults.world import World, wait_for

GRACE = 2  # seconds, as in the world's pace


def _replace(world: World, *queues: str) -> None:
    """Workers for these queues alone, one each."""
    for worker in world.workers:
        worker.kill()
    world.workers = []
    for names in queues:
        world.start_worker("-Q", names)
    for worker in world.workers:
        world.wait_until_ready(worker)


def _without_messages(world: World, orders: int) -> None:
    """Places orders whose messages never leave the web process."""
    world.web_to_broker.refuse()
    world.load.burst(orders)
    time.sleep(0.5)
    assert world.open_steps(), "messages got through"
    world.web_to_broker.heal()


@fault(23)
def workers_by_queue(world: World, orders: int) -> None:
    """Workers with -Q sap and -Q marketing,printing alone, and messages that were never published."""
    _replace(world, "sap", "marketing,printing")
    _without_messages(world, orders)
    wait_for(lambda: not world.open_steps(), "somebody swept")
    world.replace_workers()


@fault(24)
def nobody_consumes_a_queue(world: World, orders: int) -> None:
    """Nobody consumes sap for a while: its queue gets no more messages than it has open steps."""
    _replace(world, "marketing,printing")
    world.load.burst(orders)
    ends = time.monotonic() + 4 * GRACE
    while time.monotonic() < ends:
        (open_steps,) = world.query("SELECT count(*) FROM orders_step WHERE name = 'sap' AND state <> 'done'")[0]
        with kombu.Connection(world.broker.url) as broker:
            ready = broker.default_channel.queue_declare("sap", passive=True).message_count
        assert ready <= open_steps, f"{ready} messages for {open_steps} open steps"
        time.sleep(0.2)
    assert open_steps, "somebody consumed sap after all"
    world.replace_workers()


@fault(25)
def sweeping_worker_killed(world: World, orders: int) -> None:
    """The worker that does the sweeps is killed, and messages were never published: another one takes over."""
    for worker in world.workers:
        world.wait_until_ready(worker)
    swept = "SELECT worker FROM orders_round WHERE task = 'orders.tasks.sweep_steps'"
    wait_for(lambda: world.query(swept), "somebody has swept")
    name = world.query(swept)[0][0].partition("@")[0]
    leader = next((worker for worker in world.workers if worker.name == name), world.workers[0])
    leader.kill()
    _without_messages(world, orders)
    wait_for(lambda: not world.open_steps(), "another worker swept")
    assert world.query(swept)[0][0].partition("@")[0] != leader.name, "the one that was killed swept"
