"""The global check: after every fault, is everything there, and everything once?"""

import time
from collections import Counter
from dataclasses import dataclass

from amqp.exceptions import NotFound

from tests.faults.world import World


@dataclass
class Verdict:
    """What is wrong, in sentences; nothing means that it holds."""

    orders: int
    lost: int
    duplicated: int
    complaints: list[str]

    @property
    def holds(self) -> bool:
        return not self.complaints


def wait_until_quiet(world: World, patience: float) -> dict[str, int]:
    """Waits until nothing is open and no queue holds anything, or patience is over: the check then says what is.

    Returns the queues that still hold something, with how much.
    """
    deadline = time.monotonic() + patience
    while not _quiet(world):
        if time.monotonic() > deadline:
            return world.messages()
        time.sleep(0.2)
    return {}


def _quiet(world: World) -> bool:
    """Asks the cheap questions first. The workers' ticks pass through a queue: it is empty now and then, not always."""
    if world.open_steps() or world.unsettled() or world.events_in("open"):
        return False
    try:
        return not world.ready() and not world.messages()
    except NotFound:  # A queue that was deleted is not back yet.
        return False


def _events(world: World) -> list[str]:
    """Each order's events: gapless from 1, and one of each kind that happens once; and so a follower got them."""
    rows = world.query(
        "SELECT o.number, o.last_seq, array_agg(e.seq ORDER BY e.id),"
        " array_agg(e.type) FROM orders_order o LEFT JOIN orders_event e ON e.order_id = o.id GROUP BY o.id"
    )
    gaps = [number for number, last, seqs, _ in rows if seqs != list(range(1, last + 1))]
    once = ("order.received", "order.processed")
    odd = [number for number, _, _, kinds in rows if any(kinds.count(kind) != 1 for kind in once)]
    wrong = [f"{len(gaps)} orders with gaps in their events: {gaps[:3]}"] if gaps else []
    wrong += [f"{len(odd)} orders not received and processed once by their events: {odd[:3]}"] if odd else []
    if left := {state: count for state in ("open", "refused") if (count := world.events_in(state))}:
        wrong.append(f"events not published: {left}")
    world.follower.read()
    return wrong + world.follower.complaints({number: last for number, last, *_ in rows})


def check(world: World, *, patience: float = 60, dead_letters: int = 0) -> Verdict:
    """Compares what customers were promised with what the desk knows and what the outside world got.

    `dead_letters` is how many the fault leaves at least (none means none): each has to say why it died.
    """
    full = wait_until_quiet(world, patience)
    promised = world.load.accepted
    known = dict(world.query("SELECT number, status FROM orders_order"))
    found = {
        "orders": Counter(known.keys()),
        "sales orders": world.sap_orders(),
        "events": world.events(),
        "sheets": world.sheets(),
    }
    wrong: list[str] = []
    lost = duplicated = 0
    for what, counted in found.items():
        expected = promised if what == "orders" else set(known)
        missing = expected - counted.keys()
        twice = [number for number, count in counted.items() if count > 1]
        strange = counted.keys() - known.keys() - world.gone
        lost, duplicated = lost + len(missing), duplicated + len(twice)
        wrong += [f"{len(missing)} {what} lost: {sorted(missing)[:3]}"] if missing else []
        wrong += [f"{len(twice)} {what} twice: {sorted(twice)[:3]}"] if twice else []
        wrong += [f"{len(strange)} {what} of no order: {sorted(strange)[:3]}"] if strange else []
    unsettled = [number for number, status in known.items() if status != "processed"]
    wrong += [f"{len(unsettled)} orders not settled: {unsettled[:3]}"] if unsettled else []
    again = world.query("SELECT order_id FROM settlement GROUP BY order_id HAVING count(*) > 1")
    wrong += [f"{len(again)} orders settled twice"] if again else []
    wrong += _events(world)
    left = world.query("SELECT name, state, reason FROM orders_step WHERE state <> 'done'")
    wrong += [f"{len(left)} steps open: {left[:3]}"] if left else []
    wrong += [f"queues hold {full}"] if full else []
    letters = world.query("SELECT reason FROM orders_deadletter WHERE sent_again_at IS NULL")
    if len(letters) < dead_letters or (letters and not dead_letters) or not all(reason for (reason,) in letters):
        wrong.append(f"{len(letters)} dead letters instead of {dead_letters}: {letters[:3]}")
    return Verdict(len(known), lost, duplicated, wrong)
