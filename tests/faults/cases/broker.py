"""What can go wrong with RabbitMQ."""

import time

import kombu

from orders.messaging.worker.exits import CANNOT_WORK
from tests.faults.cases import fault
from tests.faults.world import World, wait_for
from tests.servers.rabbitmq import RabbitMQ

# A customer must not notice: a request that waited for the broker would take seconds.
UNNOTICED = 2.0  # seconds, the slowest answer, on a machine that runs all of this at once


def _assert_unnoticed(world: World) -> None:
    assert not world.load.refused, f"customers were refused: {world.load.refused[:5]}"
    assert world.load.slowest() < UNNOTICED, f"a customer waited {world.load.slowest():.1f} s"


@fault(3)
def broker_stopped(world: World, orders: int) -> None:
    """Broker stopped under load: POST stays fast and 201; the backlog drains."""
    with world.load.steady(10):
        time.sleep(1)
        world.broker.stop()
        time.sleep(orders / 10)
        assert world.open_steps() > 0, "nothing waited for the broker"
        world.broker.start()
        time.sleep(1)
    _assert_unnoticed(world)


@fault(4)
def broker_killed(world: World, orders: int) -> None:
    """SIGKILL the broker during a publish burst."""
    with world.load.steady(40):
        time.sleep(orders / 80)
        world.broker.kill()
        time.sleep(orders / 80)
    assert world.open_steps() > 0, "nothing waited for the broker"
    with world.load.steady(10):  # A burst that lasted until the broker is up again would be hundreds of orders.
        world.broker.start()
    _assert_unnoticed(world)


@fault(5)
def broker_alarm(world: World, orders: int) -> None:
    """Broker alarm: publishers are blocked; the web is unaffected; recovery."""
    world.broker.ctl("set_vm_memory_high_watermark", "0")
    with world.load.steady(10):
        time.sleep(orders / 10)
    assert world.open_steps() > 0, "the alarm blocked nothing"
    world.broker.ctl("set_vm_memory_high_watermark", "0.4")
    _assert_unnoticed(world)


@fault(26)
def foreign_queue(world: World, orders: int) -> None:
    """Another program's queue under a name of the desk's: workers say so and end; what it swallowed is made good."""
    for worker in world.workers:
        world.wait_until_ready(worker)  # It has declared what there is to declare.
        worker.stop()
    with kombu.Connection(world.broker.url) as stranger:
        channel = stranger.default_channel
        channel.queue_delete("marketing")
        channel.queue_declare("marketing", durable=True, auto_delete=False)
        channel.queue_bind("marketing", "marketing", "marketing")
        worker = world.start_worker()
        world.load.burst(orders)
        wait_for(lambda: not worker.running, "the worker has ended")
        said = worker.log.read_text(errors="replace")
        assert worker.exit_code == CANNOT_WORK, said
        assert "queue 'marketing' on the broker is not the desk's" in said
        assert "Traceback" not in said
        channel.queue_delete("marketing")
    _assert_unnoticed(world)


@fault(16, nodes=3)
def leader_killed(world: World, orders: int) -> None:
    """The queue leader of a three-node cluster killed under load."""
    # All queues are made: one that loses its leader in the midst of that is for RabbitMQ to heal.
    for worker in world.workers:
        world.wait_until_ready(worker)
    with world.load.steady(10):
        time.sleep(1)
        leader = _leader(world, "sap")
        assert leader, "nobody leads the queue"
        leader.kill()
        time.sleep(orders / 10)
        wait_for(lambda: _leader(world, "sap") not in (None, leader), "another node took over", 20)
        leader.start()
    _assert_unnoticed(world)


def _leader(world: World, queue: str) -> RabbitMQ | None:
    """The node that leads the queue; None while they elect one."""
    asked = next(node for node in world.nodes if node.running)
    rows = asked.rows("list_queues", "name", "leader")
    led_by = next(row["leader"] for row in rows if row["name"] == queue)
    return next((node for node in world.nodes if node.node == led_by), None)
