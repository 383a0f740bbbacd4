"""What can go wrong with time: clocks that are wrong, and processes for which it stands still."""

import os
import re
import signal
import time
from datetime import datetime, timedelta

from shop.quickstart.processes import Process
from tests.faults.cases import fault
from tests.faults.world import WORKERS, World, wait_for
from tests.servers.postgres import NAME

OFF = 600  # seconds
LOST = "SELECT count(*) FROM orders_attempt WHERE outcome = 'lost'"
OPEN = "SELECT count(*) FROM orders_step WHERE state <> 'done'"
# Attempts that began before the delay after the one before was over: half a second, less its jitter.
TOO_EARLY = """
    SELECT count(*) FROM orders_attempt later JOIN orders_attempt earlier USING (step_id)
    WHERE later.number = earlier.number + 1 AND earlier.outcome = 'temporary'
    AND later.started_at < earlier.started_at + earlier.duration + interval '0.4 s'
"""
# What a clock that was an hour ahead has written until it is set back: all times of the desk. Without triggers: the one
# that counts settlements would take each for a second one.
AN_HOUR_AHEAD = r"""
    DO $$ DECLARE found record; BEGIN
        SET LOCAL session_replication_role = replica;
        FOR found IN
            SELECT table_name, string_agg(format($q$%1$I = %1$I + interval '1 hour'$q$, column_name), ', ') AS sets
            FROM information_schema.columns
            WHERE data_type = 'timestamp with time zone' AND table_name ~ '^(orders|printing)_' GROUP BY table_name
        LOOP EXECUTE format('UPDATE %I SET %s', found.table_name, found.sets); END LOOP;
    END $$
"""
# The last event of each order was claimed by a publisher that is dead.
CLAIMED_EVENTS = """
    UPDATE orders_event SET state = 'open', due_at = now() + interval '20 s'
    WHERE id IN (SELECT max(id) FROM orders_event GROUP BY order_id)
"""
IN_STATE = "SELECT count(*) FROM orders_step WHERE state = %s"
OPEN_BREAKERS = "SELECT count(*) FROM orders_destination WHERE open_until IS NOT NULL"
NOTHING_SENT, TOO_LATE = "The claim was lost before anything was sent", "not recorded as done"


def begun(worker: Process) -> datetime:
    """When a worker began, by its own clock."""
    found = re.search(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),", worker.log.read_text(errors="replace"))
    assert found, "the worker logged nothing"
    return datetime.fromisoformat(found[1])


@fault(27)
def wrong_clocks(world: World, orders: int) -> None:
    """Workers' and web's clocks ten minutes off, SAP slow: no step lost or early."""
    [[lost]], [[early]] = world.query(LOST), world.query(TOO_EARLY)
    for process in (world.web, *world.workers):
        process.kill()
    world.workers = []
    try:
        wrong = [world.start_worker(seconds_off=off) for off in (OFF, -OFF)]
        world.start_web(seconds_off=OFF)
        for worker in wrong:
            world.wait_until_ready(worker)
        apart = begun(wrong[0]) - begun(wrong[1])
        assert abs(apart - timedelta(seconds=2 * OFF)) < timedelta(seconds=60), f"their clocks are {apart} apart"
        world.break_sap("late")
        world.load.burst(orders // 2)
        wait_for(lambda: world.running_steps("sap") == WORKERS, "both workers waited for SAP")
        time.sleep(2)  # Meanwhile both look for leases that ran out, four times.
        world.heal_sap()
        world.break_sap("503", 2)
        world.load.burst(orders // 2)
        wait_for(lambda: not world.query(OPEN)[0][0], "all was done, soon", patience=15)
    finally:
        for process in (world.web, *world.workers):  # `heal` starts others, with the right time.
            process.kill()
    assert world.query(LOST)[0][0] == lost, "attempts were lost"
    assert world.query(TOO_EARLY)[0][0] == early, "steps were tried again too early"


@fault(28)
def workers_stopped(world: World, orders: int) -> None:
    """Workers stopped (SIGSTOP) between SAP's look-up and create, and in it: once."""
    stopped = list(world.workers)
    for worker in stopped:
        world.wait_until_ready(worker)
    for method in ("GET", "POST"):  # One for each worker: see `share`.
        world.break_sap("late", 1, method)
        world.load.burst(1)
        wait_for(lambda: not world.sap_faults(), f"SAP's answer to a {method} was under way")
    others = "SELECT count(*) FROM orders_step WHERE name <> 'sap' AND state <> 'done'"
    wait_for(lambda: not world.query(others)[0][0], "all but SAP was done")
    assert world.running_steps("sap") == WORKERS, "SAP was not waited for"
    children = [pid for worker in stopped for pid in world.children(worker)]
    for pid in (*children, *(worker.pid for worker in stopped)):
        os.kill(pid, signal.SIGSTOP)
    world.heal_sap()  # The answers are there, for whoever reads them.
    world.start_worker()
    wait_for(lambda: not world.query(OPEN)[0][0], "another worker did everything")
    for pid in children:  # Before their main process, which would kill them at their time limit.
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: told(stopped, NOTHING_SENT) == 1, "one noticed that it had lost its claim", patience=10)
    wait_for(lambda: told(stopped, TOO_LATE) == 1, "the other could not record its result", patience=10)
    for worker in stopped:
        worker.send(signal.SIGCONT)
    assert not world.query("SELECT warning FROM orders_step WHERE warning <> ''"), "staff were told without a reason"


@fault(42)
def clock_set_back(world: World, orders: int) -> None:
    """The database's clock set back by an hour, workers dead: leases, retries, breaker, events go on."""
    for worker in world.workers:
        world.wait_until_ready(worker)
    world.break_sap("503")
    world.load.burst(orders)
    wait_for(lambda: world.query(OPEN_BREAKERS)[0][0], "SAP's circuit breaker opened")
    world.heal_sap()
    world.break_sap("hang-after", 1, "POST")
    wait_for(lambda: not world.sap_faults(), "a probe waited for SAP's answer")
    for worker in world.workers:
        worker.kill()
    world.query(CLAIMED_EVENTS)
    world.database.query(AN_HOUR_AHEAD, database=NAME)  # as the superuser, who can leave triggers out
    states = {state: world.query(IN_STATE, state)[0][0] for state in ("queued", "waiting", "running")}
    assert all(states.values()), f"of some there were none: {states}"
    assert world.query(OPEN_BREAKERS)[0][0] == 1, "SAP's circuit breaker was closed"
    world.heal_sap()
    world.heal_workers()
    wait_for(lambda: not world.query(OPEN)[0][0], f"all was done, soon ({states})", patience=60)
    wait_for(lambda: not world.events_in("open"), "all events were published", patience=10)


def told(workers: list[Process], words: str) -> int:
    """How many lines of the workers' logs have these words."""
    return sum(worker.log.read_text(errors="replace").count(words) for worker in workers)
