"""What can go wrong between the customer, the web process and the database."""

import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.faults.cases import fault
from tests.faults.world import World


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
    for _ in range(3):  # Nothing is recorded, so any moment is between: kill it in the midst of its work.
        with world.load.steady(30):
            time.sleep(orders / 90 + random.random() / 2)
            world.web.kill()
        assert world.unsettled() > 0, "there was nothing left to publish"
        world.start_web()
