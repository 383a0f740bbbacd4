"""How long texts and lists may be at a receiver. Segment and GA4 answer 200 to an event that they then drop."""

from collections.abc import Iterable, Sized
from typing import NamedTuple

from orders.steps import Permanent


class Length(NamedTuple):
    """What stands in the event at `where` may have `least` to `most` characters or entries."""

    where: str
    value: Sized
    most: int
    least: int = 1


def check_lengths(lengths: Iterable[Length], receiver: str) -> None:
    """Raises Permanent, naming the first that is too short or too long."""
    for where, value, most, least in lengths:
        if not least <= len(value) <= most:
            allowed = f"{least} to {most}" if least < most else most
            raise Permanent(
                f"The event has not the shape {receiver} takes: {where}: its length is {len(value)}, not {allowed}.",
                next_action="Correct the product or the settings, then send it again.",
                code="shape",
            )
