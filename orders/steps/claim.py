"""A claim on a step: a fencing token with a lease. Only who has the token may record the result."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from orders.database.outage import AWAY
from orders.models import Order, Step
from orders.steps.outcome import ClaimLost, NotYet


@dataclass(frozen=True)
class Claim:
    """The right to run one step once. Its order comes with the lines, and these with their products.

    `destination_failures`: how often in a row the destination failed before. `success_due`: it was longer ago than
    `destinations.NOTED_EVERY` that a success there was noted. `holds` asks the database whether a claim still holds.
    `began` is by the process's own monotonic clock, for how long it took. `told` is filled at its end with what is
    recorded of it: `outcome` and `code`. `undone`: of an undoing step, what was tried of the other when it began.
    """

    step: Step
    order: Order
    token: uuid.UUID
    holds: Callable[["Claim"], bool]
    destination_failures: int = 0
    success_due: bool = False
    began: float = field(default_factory=time.monotonic)
    told: dict[str, Any] = field(default_factory=dict)
    undone: list[tuple[int, str]] = field(default_factory=list)

    def now(self) -> datetime:
        """The database's time. (What the process's own clock says may be minutes off.)"""
        assert self.step.started_at  # noqa: S101 - it is claimed
        return self.step.started_at + timedelta(seconds=time.monotonic() - self.began)

    def assure(self) -> None:
        """Right before a request that can't be taken back: is the step still ours, for as long as a request takes?

        Raises ClaimLost if not (this process was stopped for long, or everything was too slow, and another may have
        done it meanwhile), NotYet if the database can't be asked. Nothing may be sent then.
        """
        try:
            held = self._asked()
        except AWAY as error:
            raise NotYet("The database was away; nothing was sent.", code=type(error).__name__) from error
        if not held:
            raise ClaimLost

    def _asked(self) -> bool:
        try:
            return self.holds(self)
        except AWAY:
            connection.close()  # It may have gone bad since the claim. If not, the next one says so.
            return self.holds(self)
