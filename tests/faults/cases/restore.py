"""Database and broker that don't belong together: one of them was restored, or is new."""

from tests.faults.cases import fault
from tests.faults.world import World, wait_for


def _placed(world: World, orders: int) -> set[str]:
    """Places so many orders; the numbers of those that were taken."""
    before = world.load.accepted
    world.load.burst(orders)
    return world.load.accepted - before


def _all_done(world: World) -> None:
    wait_for(lambda: not world.open_steps() and not world.unsettled(), "all orders were processed")


@fault(33)
def database_restored(world: World, orders: int) -> None:
    """The database restored from a dump on an empty broker: what was open then is done, nothing twice.

    Some orders are in the dump as processed, some with open steps that were done after it, outside too. Orders placed
    after the dump are lost with the database and exist outside alone: `World.lose`. Web and workers run all the time,
    and customers go on placing orders.
    """
    _placed(world, orders // 4)
    _all_done(world)
    world.break_sap("503")
    _placed(world, orders // 4)
    dump = world.database.dump()
    assert world.open_steps(), "the dump has no open steps"
    world.heal_sap()
    later = _placed(world, orders // 4)
    _all_done(world)
    world.broker.forget()
    world.database.drop()
    world.lose(later)
    with world.load.steady(10):
        wait_for(lambda: world.load.refused, "a customer met the empty database", 10)
        world.database.load(dump)
        wait_for(lambda: world.load.post().status == 201, "orders are taken again", 10)
    world.load.assert_told()


@fault(34)
def database_replaced(world: World, orders: int) -> None:
    """Queues full of messages of orders that an older or an empty database does not know: they do nothing.

    Ids begin again where the older database ends: most of the messages name orders that do not exist, some of them
    other orders than they were made for. The rows say what is to be done.
    """
    for replace in (_by_an_older_one, _by_an_empty_one):
        _all_done(world)
        replace(world, orders)
        _placed(world, orders // 4)
        world.heal_workers()


def _by_an_older_one(world: World, orders: int) -> None:
    dump = world.database.dump()
    later = _waiting(world, orders // 2)
    world.database.drop()
    world.database.load(dump)
    world.lose(later)


def _by_an_empty_one(world: World, orders: int) -> None:
    _waiting(world, orders // 4)
    known = {number for (number,) in world.query("SELECT number FROM orders_order")}
    world.query("TRUNCATE orders_order, settlement RESTART IDENTITY CASCADE")
    world.lose(known)


def _waiting(world: World, orders: int) -> set[str]:
    """Orders that nobody works on: their messages lie in the queues when this returns."""
    for worker in world.workers:
        worker.kill()
    numbers = _placed(world, orders)
    wait_for(lambda: world.ready() >= 3 * len(numbers), "all messages are in the queues")
    return numbers
