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
    """The order has left the house; a return is another matter."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Order {number} is already shipped and can't be cancelled.")
