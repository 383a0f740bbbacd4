"""The desk's settings; each slip leaves a note of the time it took."""

import os

from shop.settings import *  # noqa: F403

ENABLED_STEPS = STEP_TASKS = {**ENABLED_STEPS, "printing": "tests.bench.effects.slips.print_slip"}  # noqa: F405
# The processor time of each slip's drawing goes here, eight bytes a slip.
DRAWN = os.environ.get("BENCH_DRAWN", os.devnull)
