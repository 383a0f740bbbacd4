"""The desk's settings with the peers' effects."""

from tests.bench.effects.settings import *  # noqa: F403

ENABLED_STEPS = STEP_TASKS = {name: f"tests.bench.peers.desk_steps.{name}" for name in STEP_QUEUES}  # noqa: F405
