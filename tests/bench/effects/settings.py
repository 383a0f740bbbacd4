"""The desk's settings, with steps that do nothing."""

import os

from shop.settings import *  # noqa: F403

ENABLED_STEPS = STEP_TASKS = {
    name: f"tests.bench.effects.{name}.do_nothing" for name in ("sap", "marketing", "printing")
}
CANCEL_STEPS = SHIP_STEPS = {}
STEP_QUEUES = {name: name for name in STEP_TASKS}
PERIODIC_TASKS = {name: every for name, every in PERIODIC_TASKS.items() if name.startswith("orders.")}  # noqa: F405
# While this file is there, SAP is down.
SAP_IS_DOWN = os.environ.get("BENCH_SAP_IS_DOWN", "/nonexistent")
