"""What can go wrong with SAP."""

import time
from functools import partial

from tests.faults.cases import fault
from tests.faults.world import World, wait_for


def changed(world: World, told: list[str]) -> bool:
    """True once SAP did wrong what it was told to do."""
    return world.sap_faults() != told


@fault(11)
def sap_down(world: World, orders: int) -> None:
    """SAP answers 503, hangs, or accepts and cuts the reply: other steps go on, one effect."""
    others = "SELECT count(*) FROM orders_step WHERE name <> 'sap' AND state <> 'done'"
    for kind in ("503", "hang", "cut-reply", "drop-reply"):
        lasting = kind in ("503", "hang")  # Until healed: the others have all the time they need.
        world.break_sap(kind, 1000 if lasting else 3, "" if kind == "503" else "POST")
        told = world.sap_faults()
        world.load.burst(max(3, orders // 4))
        wait_for(partial(changed, world, told), f"SAP failed ({kind})")
        wait_for(lambda: not world.query(others)[0][0], "the other steps went on")
        assert world.open_steps() or not lasting, "SAP was well"
        time.sleep(1)
        world.heal_sap()
