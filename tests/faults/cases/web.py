"""What can go wrong between the customer, the web process and the database."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.faults.cases import fault
from tests.faults.world import World, wait_for

# Seconds. After a failure (an earlier fault may have brought one) the publisher tries nothing for 2 s, and the sweeper
# publishes in its place: then no connection of the publisher is open.
SILENCE = 2.5


@fault(1)
def web_killed_after_commit(world: World, orders: int) -> None:
    """SIGKILL the web process after COMMIT, before the publish."""
    world.web_to_broker.black_hole()  # The publisher can't publish: only the rows are left.
    world.load.burst(orders)
    assert not world.load.refused
    world.web.kill()
    assert world.open_steps() > 0, "the orders were published all the same"
    world.web_to_broker.heal()
    world.start_web()


@fault(2)
def client_repeats(world: World, orders: int) -> None:
    """The client repeats POST: same key, in parallel, after a lost response."""
    keys = [uuid.uuid4().hex for _ in range(max(5, orders // 5))]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(world.load.post, keys * 5))
    numbers = {key: {answer.number for answer in answers if answer.key == key and answer.number} for key in keys}
    assert all(len(found) == 1 for found in numbers.values()), "a key had no order, or several"
    before = world.query("SELECT count(*) FROM orders_order")[0][0]
    key, lossy = uuid.uuid4().hex, f"http://127.0.0.1:{world.client_to_web.port}/order"
    world.client_to_web.drop_reply()
    assert world.load.post(key, lossy).status == 0, "the response should have been lost"
    assert world.load.post(key).status == 201
    assert world.query("SELECT count(*) FROM orders_order")[0][0] == before + 1


@fault(6)
def publisher_killed(world: World, orders: int) -> None:
    """Publisher SIGKILLed between confirm and recording it."""
    some = 4 + orders // 6
    time.sleep(SILENCE)
    for _ in range(2):  # A publisher that never hears the confirm can record nothing, whatever it meant to record.
        world.load.burst(some)  # Its connection is open then: only confirms are kept back.
        wait_for(lambda: world.unsettled() == 0, "all orders were settled")
        world.web_to_broker.keep_replies()
        world.load.burst(some)
        wait_for(lambda: world.unsettled() < some, "an order was worked off whose confirm never came")
        assert world.web_to_broker.kept, "the confirm came through"
        world.web.kill()
        world.web_to_broker.heal()
        world.start_web()
