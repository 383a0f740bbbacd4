"""What can go wrong with the workers."""

import re
import signal
import time

from tests.faults.cases import fault
from tests.faults.world import World, wait_for


@fault(7)
def worker_child_killed(world: World, orders: int) -> None:
    """SIGKILL the worker child before the effect, after it, after the commit, before the ack."""
    share = max(2, orders // 4)
    for kind in ("hang", "hang-after"):  # It waits for SAP: before SAP did anything, then after SAP did it.
        world.break_sap(kind, 1, "POST")
        world.load.burst(share)
        wait_for(lambda: not world.sap_faults(), "a worker waited for SAP")
        time.sleep(0.3)
        assert world.running_steps("sap"), "it waited no longer"
        world.kill_children()
        world.heal_sap()
    world.load.burst(share)  # Recorded, and neither the settling nor the ack gets through to the broker.
    world.worker_to_broker.black_hole()
    time.sleep(1)
    world.kill_children()
    world.worker_to_broker.heal()
    with world.load.steady(20):  # And anywhere else.
        for _ in range(4):
            time.sleep(share / 80)
            world.kill_children()


@fault(8)
def worker_killed(world: World, orders: int) -> None:
    """SIGKILL the worker's main process and children together."""
    with world.load.steady(20):
        for _ in range(2):
            time.sleep(orders / 40)
            wait_for(world.running_steps, "a step ran")
            world.replace_workers()


@fault(13)
def connection_cut(world: World, orders: int) -> None:
    """Worker-broker TCP cut in mid-print: redelivered while still running, printed once."""
    world.load.burst(orders // 3)
    with world.load.steady(20):
        wait_for(lambda: _stopped_in_mid_print(world), "workers were stopped while a slip was being printed")
    world.worker_to_broker.cut()  # The broker gives their messages to somebody else.
    somebody_else = world.start_worker()
    received = re.compile(r"print_slip\[.*\] received")
    wait_for(lambda: received.search(somebody_else.log.read_text(errors="replace")), "somebody else was given a slip")
    with world.load.steady(10):
        time.sleep(orders / 20)
    world.kill_children(signal.SIGCONT)


def _stopped_in_mid_print(world: World) -> bool:
    """Stops the workers' processes, which then print on very slowly; lets them go on if none of them prints."""
    world.kill_children(signal.SIGSTOP)
    if world.running_steps("printing"):
        return True
    world.kill_children(signal.SIGCONT)
    return False


@fault(15)
def rolling_deploy(world: World, orders: int) -> None:
    """Rolling deploy under load: SIGTERM, grace, SIGKILL, new code, new queue arguments."""
    old = list(world.workers)
    for worker in old:
        world.wait_until_ready(worker)
    with world.load.steady(8):
        time.sleep(orders / 20)
        for worker in old:
            world.wait_until_ready(world.start_worker())
            started = time.monotonic()
            worker.stop(patience=30)
            assert time.monotonic() - started < 25, "the old worker did not end in time"
        world.web.send(signal.SIGHUP)  # gunicorn replaces its processes one by one.
        # A changed queue argument comes as a policy: see docs/guarantees.md.
        definition = '{"max-in-memory-length": 5000}'
        world.broker.ctl("set_policy", "desk", "^(sap|marketing|printing|desk)$", definition, "--apply-to", "queues")
        time.sleep(orders / 20)
    world.broker.ctl("clear_policy", "desk")
    assert not world.load.refused, f"customers were refused: {world.load.refused[:5]}"
