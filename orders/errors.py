"""What can go wrong with an order as a whole. What can go wrong with a step is in `orders.steps.outcome`."""

from collections.abc import Iterable


class OrderError(Exception):
    """Something about an order can't be done."""


class UnknownProducts(OrderError):
    """The order names products that do not exist or are not sold any more."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = sorted(ids)
        super().__init__(f"No such product: {', '.join(map(str, self.ids))}.")


class NotCancellable(OrderError):
    """The order is shipped, so it can't be cancelled any more."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Order {number} is already shipped and can't be cancelled.")


class KeyReused(OrderError):
    """The idempotency key was used for another order."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for a different order. Please take a new key for a new order.")


class StillRunning(OrderError):
    """Another request with the same idempotency key has not ended yet."""

    wait = 1  # seconds

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key is still being worked on. Please ask again shortly."
        )
