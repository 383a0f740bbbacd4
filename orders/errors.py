"""What can go wrong with an order as a whole. What can go wrong with a step is in `orders.steps.outcome`."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

HEADER = "Idempotency-Key"  # What a key is called where it came by HTTP.


class OrderError(Exception):
    """Something about an order can't be done. `status` says of which kind that is, in HTTP's words.

    `type` is a name in orders.problem_types; without one the status alone tells.
    """

    status = HTTPStatus.CONFLICT
    type = ""


class Unreadable(OrderError):
    """What was sent is no JSON object: what is wrong, and where."""

    status = HTTPStatus.BAD_REQUEST
    type = "unreadable"


class BodyTooLarge(OrderError):
    """The body is larger than orders.body.MAX_BODY."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    type = "too-large"

    def __init__(self) -> None:
        super().__init__("The body is larger than 1 MB.")


class WrongType(OrderError):
    """The body is of another content type or encoding than JSON as it is."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    type = "wrong-type"


class NotAccepted(OrderError):
    """The order can't be placed as it was asked for. `found` are messages by field and position."""

    status = HTTPStatus.BAD_REQUEST
    type = "not-accepted"

    def __init__(self, found: dict[Any, Any]) -> None:
        self.found = found
        super().__init__("The order was not accepted; see `errors`.")


class UnknownProducts(OrderError):
    """The order names products that do not exist or are not sold any more."""

    type = "conflict"

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = sorted(ids)
        super().__init__(f"No such product: {', '.join(map(str, self.ids))}.")


class NotCancellable(OrderError):
    """The order is shipped, so it can't be cancelled any more."""

    type = "already-packed"

    def __init__(self, number: str) -> None:
        super().__init__(f"Order {number} is already shipped and can't be cancelled.")


class BadKey(OrderError):
    """The idempotency key is none."""

    status = HTTPStatus.BAD_REQUEST
    type = "bad-idempotency-key"

    def __init__(self, name: str = f"An {HEADER}") -> None:
        super().__init__(f"{name} has 1 to 255 visible ASCII characters, for example a UUID.")


class KeyReused(OrderError):
    """The idempotency key was used for another order."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = "idempotency-key-reused"

    def __init__(self, name: str = HEADER, key: str = "key") -> None:
        super().__init__(f"This {name} was used for a different order. Please take a new {key} for a new order.")


class StillRunning(OrderError):
    """Another request with the same idempotency key has not ended yet."""

    type = "still-running"
    wait = 1  # seconds

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key is still being worked on. Please ask again shortly."
        )
