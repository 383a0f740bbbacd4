"""How large what is sent may be, in the very bytes that are sent. Segment and GA4 drop what is larger, unasked."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from orders.steps import Permanent

Payload = TypeVar("Payload")
WITHOUT_NAMES = "It was too large for {receiver} with them: the products went without their names."


def as_json(payload: Any) -> bytes:
    """UTF-8 without spaces. (Escaped, a Cyrillic letter would take six bytes, not two.)"""
    return json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def first_that_fits(
    versions: Iterable[Payload], most: int, receiver: str, *, sent: Callable[[Payload], bytes] = as_json
) -> Payload:
    """The first of ever shorter versions that has at most `most` bytes, as they are `sent`.

    Raises Permanent if even the last one has more.
    """
    size = 0
    for version in versions:
        size = len(sent(version))
        if size <= most:
            return version
    raise Permanent(
        f"The order is too large for {receiver}, even without its products' names: {size:,} bytes, not {most:,}.",
        next_action=f"{receiver} can't get this order: enter it there by hand. Shorter SKUs help later orders.",
        code="size",
    )
