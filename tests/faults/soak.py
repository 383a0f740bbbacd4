"""bin/faults --soak: breaks things at random under load, heals them, and checks once at the end."""

import random
import time
from collections.abc import Callable

from tests import hostile
from tests.faults.check import check
from tests.faults.world import World, world

RATE = 4  # orders a second; what a shared two-core machine can print while it is being broken
PAUSES = (2.0, 8.0)  # seconds between two faults

Break = Callable[[World], object]


def send_hostile(here: World) -> None:
    """All there are; the check at the end misses each one that has no dead letter."""
    for worker in here.workers:
        here.wait_until_ready(worker)
    here.hostile += hostile.send(here.broker.url, hostile.ALL)


# What is broken, for as long as the pause lasts, and then healed.
BREAKS: dict[str, Break] = {
    "broker stopped": lambda here: here.broker.stop(),
    "broker killed": lambda here: here.broker.kill(),
    "database restarted": lambda here: here.database.restart(),
    "backends terminated": lambda here: here.database.terminate_backends(),
    "web killed": lambda here: here.web.kill(),
    "workers killed": lambda here: here.replace_workers(),
    "worker children killed": lambda here: here.kill_children(),
    "workers cut off": lambda here: here.worker_to_broker.cut(),
    "workers in a black hole": lambda here: here.worker_to_broker.black_hole(),
    "web in a black hole": lambda here: here.web_to_broker.black_hole(),
    "SAP answers 503": lambda here: here.break_sap("503"),
    "SAP loses replies": lambda here: here.break_sap("drop-reply", 5, "POST"),
    "SAP hangs": lambda here: here.break_sap("hang", 3),
    "hostile messages": send_hostile,
}


def soak(minutes: float, seed: int) -> int:
    """Runs for so long with this seed's faults; returns the exit code."""
    luck = random.Random(seed)
    end, broken, counts = time.monotonic() + minutes * 60, 0, dict.fromkeys(BREAKS, 0)
    with world() as here:
        with here.load.steady(RATE):
            while time.monotonic() < end:
                name = luck.choice(list(BREAKS))
                counts[name] += 1
                broken += 1
                print(f"{broken:>3}  {name}", flush=True)
                BREAKS[name](here)
                time.sleep(luck.uniform(*PAUSES))
                here.heal()
                time.sleep(luck.uniform(*PAUSES) / 2)
        verdict = check(here, patience=300, dead_letters=here.hostile)
        if not verdict.holds:
            here.show_logs()
    print("; ".join(f"{name} {count}" for name, count in counts.items() if count))
    for complaint in verdict.complaints:
        print("BROKEN:", complaint)
    survived = broken if verdict.holds else 0
    print(f"{survived}/{broken} hold; orders {verdict.orders}; lost {verdict.lost}; duplicated {verdict.duplicated}")
    return 0 if verdict.holds else 1
