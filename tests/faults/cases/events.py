"""What can go wrong with the events for other programs."""

import signal
import time

import kombu

from tests.faults.cases import fault
from tests.faults.follower import EXCHANGE
from tests.faults.world import World, wait_for

FULL = "full"
# A claim lasts for 20 s, and an event that was refused comes again after 10: this one is in a publisher's hands.
CLAIMED = "SELECT count(*) FROM orders_event WHERE state = 'open' AND due_at > statement_timestamp() + interval '12 s'"


@fault(29)
def event_publishers_killed(world: World, orders: int) -> None:
    """Event publishers killed in mid-batch beside a full foreign queue: in sequence.

    The stranger's queue refuses `order.processed`, for all who listen. That holds up no other event of any order.
    """
    with kombu.Connection(world.broker.url) as stranger:
        channel = stranger.default_channel
        arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare(FULL, durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind(FULL, EXCHANGE, "order.processed")
    with world.load.steady(20):
        for _ in range(2):
            wait_for(lambda: _stopped_in_mid_batch(world), "workers were stopped while events were being published")
            world.kill_children()
        time.sleep(orders / 40)
    wait_for(lambda: not world.unsettled(), "all orders were processed")
    wait_for(lambda: not world.events_in("open"), "all events were published or given up", 90)
    assert world.events_in("refused"), "the full queue refused nothing"
    with kombu.Connection(world.broker.url) as stranger:
        stranger.default_channel.queue_delete(FULL)
    given_up = world.events_in("refused")
    said = world.manage("events", "resend", "--since", "2026-01-01")
    assert f"{given_up} event{' is' if given_up == 1 else 's are'} published again" in said, said


def _stopped_in_mid_batch(world: World) -> bool:
    """Stops the workers' processes; lets them go on if none of them is publishing."""
    world.kill_children(signal.SIGSTOP)
    if world.query(CLAIMED)[0][0]:
        return True
    world.kill_children(signal.SIGCONT)
    return False
