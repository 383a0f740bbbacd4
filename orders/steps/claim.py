"""A claim on a step: a fencing token with a lease. Only who has the token may record the result."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from orders.models import Order, Step


@dataclass(frozen=True)
class Claim:
    """The right to run one step once. Its order comes with the lines, and these with their products.

    `destination_failures`: how often in a row the destination failed before. `unread`: the error with which the
    database went away before it gave the lines, if it did; then nothing may be sent.
    """

    step: Step
    order: Order
    token: uuid.UUID
    started_at: datetime
    destination_failures: int = 0
    unread: str = ""
