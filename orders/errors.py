"""What can go wrong with an order as a whole. What can go wrong with a step is in `orders.steps.outcome`."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

HEADER = "Idempotency-Key"  # What a key is called where it came by HTTP.


class OrderError(Exception):
    """Something about an order can't be done. `status` says of which kind that is, in HTTP's words.

    `type` is a name in orders.problem_types; without one the status alone tells. `kept`: its words without quotations.
    """

    status = HTTPStatus.CONFLICT
    type = ""

    def __init__(self, detail: str = "", kept: str = "") -> None:
        super().__init__(detail)
        self.kept = kept or detail  # For rows and the log: nothing of what was sent.

    @property
    def told(self) -> dict[str, Any]:
        """What its problem details have besides what all have."""
        return {}


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
    usual = "The content type is another than application/json, or is missing. Please send JSON."

    def __init__(self, detail: str = usual, kept: str = "") -> None:
        super().__init__(detail, kept)


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

    def __init__(self, products: Iterable[int | str]) -> None:
        """Each by its id or its SKU."""
        self.products = sorted(products, key=lambda product: (isinstance(product, str), product))
        super().__init__(f"No such product: {', '.join(map(str, self.products))}.", "No such product.")


class PriceChanged(OrderError):
    """The customer was told another total or currency than is true today. `today` is what the order would cost now."""

    type = "price-changed"

    def __init__(self, today: dict[str, Any]) -> None:
        self.today = today
        words = "The customer was told another price. `lines`, `total` and `currency` are today's; nothing was saved."
        super().__init__(words)

    @property
    def told(self) -> dict[str, Any]:
        return self.today


class ReferenceUsed(OrderError):
    """The client used its reference for another order. Only that client is told which."""

    type = "reference-used"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"This reference was used before: for your order {number}.")

    @property
    def told(self) -> dict[str, Any]:
        return {"order_num": self.number}


class NotCancellable(OrderError):
    """The order is packed, and may be shipped, so it can't be cancelled any more."""

    type = "already-packed"

    def __init__(self, number: str, status: str) -> None:
        super().__init__(f"Order {number} is already {status} and can't be cancelled.")


class BadQuery(OrderError):
    """A parameter of a list is none, or has a value that it can't have."""

    status = HTTPStatus.BAD_REQUEST
    type = "bad-request"


class BadClient(OrderError):
    """A client's name can't be one."""

    status = HTTPStatus.BAD_REQUEST


class NotShippable(OrderError):
    """The order is not packed, or not any more, so it can't be marked as shipped. `status` says what it is."""

    def __init__(self, number: str, status: str) -> None:
        super().__init__(f"Order {number} is {status}, and only what is packed can be shipped.")


class NotTakenBack(OrderError):
    """What was done to an order can't be taken back, or not by this person, or not any more: it says why."""


class NoMoreParcels(OrderError):
    """The order is cancelled, or has as many parcels as an order may have."""


class TrackingNumberTaken(OrderError):
    """A tracking number is one parcel's. `carrier` and `tracking_number` say which was meant to be added."""

    def __init__(self, parcel: str, number: str, *, carrier: str, tracking_number: str, same_order: bool) -> None:
        self.carrier, self.tracking_number = carrier, tracking_number
        other = f"{parcel} is a parcel of order {number} already: look which of the two it belongs to."
        super().__init__(f"{parcel} is a parcel of this order already." if same_order else other)


class BadKey(OrderError):
    """The idempotency key is none."""

    status = HTTPStatus.BAD_REQUEST
    type = "bad-idempotency-key"

    def __init__(self, name: str = f"An {HEADER}") -> None:
        super().__init__(f"{name} has 1 to 255 visible ASCII characters, for example a UUID.")


class GuessableKey(OrderError):
    """A guest's idempotency key is no UUID. Guests share theirs: one guest's `order-1` would answer another."""

    status = HTTPStatus.BAD_REQUEST
    type = "bad-idempotency-key"

    def __init__(self) -> None:
        super().__init__(
            f"Without an API key an {HEADER} is a UUID, for example 6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11: "
            "guests share their keys, so it must be one that nobody guesses."
        )


class KeyTaken(OrderError):
    """An order was placed with this idempotency key, so this one was not."""


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
