"""Messages that are none of the desk's. Each becomes a dead letter; no worker ends, none connects anew."""

from tests import hostile
from tests.faults.cases import fault
from tests.faults.world import World, wait_for
from tests.hostile import Hostile

STRANGE = hostile.HEADERS | hostile.BODIES
UNREADABLE = hostile.COMPRESSED | hostile.WIRE | hostile.CONTROL
AT_ONCE = 8  # messages for later; more than a queue's share of two workers' processes


def _kept(messages: dict[str, Hostile]) -> int:
    return sum(message.kept for message in messages.values())


def _letters(world: World) -> int:
    return int(world.query("SELECT count(*) FROM orders_deadletter")[0][0])


def _connections(world: World) -> int:
    return sum(worker.log.read_text(errors="replace").count("Connected to amqp") for worker in world.workers)


def _among(world: World, orders: int, messages: dict[str, Hostile]) -> None:
    """Sends the messages among the orders, to the workers there are."""
    for worker in world.workers:
        world.wait_until_ready(worker)
    before, connected = _letters(world), _connections(world)
    world.load.burst(orders // 2)
    hostile.send(world.broker.url, messages)
    world.load.burst(orders // 2)
    wait_for(lambda: _letters(world) >= before + _kept(messages), "each message's dead letter is kept")
    wait_for(lambda: not world.open_steps(), "all orders are processed")
    assert all(worker.running for worker in world.workers), "a worker has ended"
    assert _connections(world) == connected, "a worker had to connect anew"


@fault(17, dead_letters=_kept(STRANGE) * 2)
def hostile_messages(world: World, orders: int) -> None:
    """Hostile headers and bodies, to running workers, and in the queues before they start."""
    _among(world, orders // 2, STRANGE)
    for worker in world.workers:
        worker.kill()
    before = _letters(world)
    hostile.send(world.broker.url, STRANGE)
    world.replace_workers()
    world.load.burst(orders // 2)
    wait_for(lambda: _letters(world) >= before + _kept(STRANGE), "each message's dead letter is kept")
    assert all(worker.running for worker in world.workers), "a worker has ended"
    assert _connections(world) == len(world.workers), "a worker had to connect anew"


@fault(18, dead_letters=_kept(UNREADABLE))
def unreadable_messages(world: World, orders: int) -> None:
    """Bad compression, bytes no client can read, and garbage for remote control."""
    _among(world, orders, UNREADABLE)


@fault(19, dead_letters=_kept(hostile.FORGED))
def forged_messages(world: World, orders: int) -> None:
    """Forged chords and callbacks, Celery's own tasks, ids that can be no row's."""
    _among(world, orders, hostile.FORGED)


@fault(20, dead_letters=_kept(hostile.LATER) * AT_ONCE)
def messages_for_tomorrow(world: World, orders: int) -> None:
    """Messages with an ETA of tomorrow, to a destination's and to the housekeeping queue."""
    for _ in range(AT_ONCE - 1):
        hostile.send(world.broker.url, hostile.LATER)
    _among(world, orders, hostile.LATER)
