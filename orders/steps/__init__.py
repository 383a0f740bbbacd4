"""The step machine: what tasks need of it. Everybody outside of this folder imports from here."""

from orders.steps.claims import Claim
from orders.steps.run import Done, Effect, claim_step, retry_delay, run_step

__all__ = ["Claim", "Done", "Effect", "claim_step", "retry_delay", "run_step"]
