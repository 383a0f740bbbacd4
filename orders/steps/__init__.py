"""The step machine, as far as a step's task needs it.

Integrations and printing import from here. The rest of orders, and staff's pages, import its files.
"""

from orders.database.clock import from_now
from orders.steps.bounds import CONNECT_SECONDS, LARGEST_ANSWER, READ_SECONDS, BoundedResponse, BoundedStream
from orders.steps.claim import Claim
from orders.steps.instance import why_held
from orders.steps.outcome import (
    ClaimLost,
    Done,
    LogonRefused,
    NotYet,
    Permanent,
    StepError,
    Temporary,
    Unknowable,
    UnknownOutcome,
)
from orders.steps.run import Effect, claim_step, run_step
from orders.steps.sending import mark_sending, may_have_been_sent, unmark_sending
from orders.steps.transitions import bring_forward, run_again, warn

__all__ = [
    "CONNECT_SECONDS",
    "LARGEST_ANSWER",
    "READ_SECONDS",
    "BoundedResponse",
    "BoundedStream",
    "Claim",
    "ClaimLost",
    "Done",
    "Effect",
    "LogonRefused",
    "NotYet",
    "Permanent",
    "StepError",
    "Temporary",
    "Unknowable",
    "UnknownOutcome",
    "bring_forward",
    "claim_step",
    "from_now",
    "mark_sending",
    "may_have_been_sent",
    "run_again",
    "run_step",
    "unmark_sending",
    "warn",
    "why_held",
]
