"""Two runs of tests beside each other, as `bin/test` does: each has half of the ports, so that neither takes one that
the other has chosen and not opened yet.
"""

import os

from shop.quickstart import ports

HALF = "ORDER_DESK_TEST_HALF"  # "0", "1", or nothing where there is one run alone


def keep_to_own_ports() -> None:
    if half := os.environ.get(HALF):
        ports._given.update(port for port in ports.RANGE if port % 2 != int(half))
