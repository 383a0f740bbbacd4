"""The step machine, as far as a step's task needs it.

Integrations and printing import from here. The rest of orders, and staff's pages, import its files.
"""

from orders.database.clock import from_now
from orders.steps.bounds import CONNECT_SECONDS, LARGEST_ANSWER, READ_SECONDS, BoundedResponse
from orders.steps.claim import Claim
from orders.steps.outcome import ClaimLost, Done, LogonRefused, NotYet, Permanent, StepError, Temporary, UnknownOutcome
from orders.steps.run import Effect, claim_step, run_step
from orders.steps.transitions import bring_forward, run_again, warn

__all__ = [
    "CONNECT_SECONDS",
    "LARGEST_ANSWER",
    "READ_SECONDS",
    "BoundedResponse",
    "Claim",
    "ClaimLost",
    "Done",
    "Effect",
    "LogonRefused",
    "NotYet",
    "Permanent",
    "StepError",
    "Temporary",
    "UnknownOutcome",
    "bring_forward",
    "claim_step",
    "from_now",
    "run_again",
    "run_step",
    "warn",
]
