"""Runs of tests beside each other, as `bin/test` does: each has its share of the ports, so that none takes one that
another has chosen and not opened yet.
"""

import os

from shop.quickstart import ports

SHARE = "ORDER_DESK_TEST_SHARE"  # "0/3", "1/3", "2/3"; or nothing where there is one run alone


def keep_to_own_ports() -> None:
    if share := os.environ.get(SHARE):
        which, shares = map(int, share.split("/"))
        ports._given.update(port for port in ports.RANGE if port % shares != which)
