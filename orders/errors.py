"""What can go wrong, in words that staff understand.

A step's effect raises one of the StepErrors; `orders.steps.run_step` catches it once and records it.
"""

from collections.abc import Iterable
from datetime import timedelta


class OrderError(Exception):
    """Something about an order can't be done."""


class UnknownProducts(OrderError):
    """The order names products that do not exist or are not sold any more."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = sorted(ids)
        super().__init__(f"No such product: {', '.join(map(str, self.ids))}.")


class NotCancellable(OrderError):
    """The order has left the house; a return is another matter."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Order {number} is already shipped and can't be cancelled.")


class StepError(Exception):
    """A step did not come to its end. `reason` is one sentence for staff, `answer` what the remote said."""

    def __init__(self, reason: str, *, code: str = "", answer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.answer = answer


class Temporary(StepError):
    """Not now: nothing happened at the remote, and the same attempt may succeed later."""

    def __init__(self, reason: str, *, code: str = "", answer: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(reason, code=code, answer=answer)
        self.retry_after = retry_after


class Held(Temporary):
    """The destination works, but this step waits for something of its own (its printer has no paper).

    Unlike other temporary failures it does not count against the breaker: no reason to hold the others.
    """


class UnknownOutcome(Temporary):
    """It was sent, and no answer came: it may have happened. The next attempt must look before it repeats."""


class LogonRefused(Temporary):
    """The destination refused our logon. It is closed at once: repeated logons can lock the user."""


class Permanent(StepError):
    """A person must look: repeating the same attempt can't succeed. `next_action` says what to do."""

    def __init__(self, reason: str, *, next_action: str, code: str = "", answer: str = "") -> None:
        super().__init__(reason, code=code, answer=answer)
        self.next_action = next_action
