"""How a step's effect ends: it returns Done, or raises one of the StepErrors. `run_step` catches and records either."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models


@dataclass(frozen=True)
class Done:
    """It happened. `reference` is the remote's number or file, `answer` what it said (redacted, for the attempt).

    `warning` is for staff: it is done, but not as it should be. `also` is a new row, saved in the very transaction that
    marks the step done unless there is one like it already (a constraint says so), hence once per order.
    """

    reference: str = ""
    answer: str = ""
    code: str = ""
    warning: str = ""
    also: models.Model | None = None


class StepError(Exception):
    """A step did not come to its end. `reason` is one sentence for staff, `answer` what the remote said."""

    def __init__(self, reason: str, *, code: str = "", answer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.answer = answer


class Temporary(StepError):
    """Not now: nothing happened at the remote, and the same attempt may succeed later.

    `of_one`: it is the matter of this step, or of one printer among several. It does not count against the circuit
    breaker: no reason to hold back the others.
    """

    of_one = False

    def __init__(self, reason: str, *, code: str = "", answer: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(reason, code=code, answer=answer)
        self.retry_after = retry_after


class NotYet(Temporary):
    """The destination works, but this step waits for something of its own (its printer has no paper)."""

    of_one = True


class UnknownOutcome(Temporary):
    """It was sent, and no answer came: it may have happened. The next attempt must look before it repeats."""


class Unknowable(UnknownOutcome):
    """It was sent, no answer came, and nobody can be asked: parked at once. `next_action` says what a person can do."""

    def __init__(self, reason: str, *, next_action: str, code: str = "", answer: str = "") -> None:
        super().__init__(reason, code=code, answer=answer)
        self.next_action = next_action


class LogonRefused(Temporary):
    """The destination refused our logon. Its circuit breaker opens at once: repeated logons can lock the user."""


class ClaimLost(StepError):
    """The step's claim did not hold any more right before the request: nothing was sent, and nothing is recorded."""

    def __init__(self) -> None:
        super().__init__("The claim was lost before anything was sent.")


class Permanent(StepError):
    """A person must look: repeating the same attempt can't succeed. `next_action` says what to do."""

    def __init__(self, reason: str, *, next_action: str, code: str = "", answer: str = "") -> None:
        super().__init__(reason, code=code, answer=answer)
        self.next_action = next_action
