"""How long to wait before the next order."""

import random
import re
from collections.abc import Iterator
from time import monotonic

LONGEST = 86_400.0  # seconds
FASTEST = 1000.0  # orders a second
SECONDS = {"s": 1, "min": 60, "hour": 3600}
NUMBER = r"\d{1,6}(?:\.\d{1,6})?"


def between(text: str) -> tuple[float, float]:
    """The seconds in "0-10", or in "5" for always five. Raises ValueError with a sentence."""
    found = re.fullmatch(rf"({NUMBER})(?:-({NUMBER}))?", text, re.ASCII)
    if not found:
        raise ValueError("write seconds as 0-10, or as 5 for always five")
    low, high = float(found[1]), float(found[2] or found[1])
    if not low <= high <= LONGEST:
        raise ValueError(f"the first number is at most the second, and that at most {LONGEST:.0f} seconds")
    return low, high


def per_second(text: str) -> float:
    """Orders a second in "5/s", "100/min" or "20/hour". Raises ValueError with a sentence."""
    found = re.fullmatch(rf"({NUMBER})/(s|min|hour)", text, re.ASCII)
    if not found:
        raise ValueError("write a rate as 5/s, 100/min or 20/hour")
    rate = float(found[1]) / SECONDS[found[2]]
    if not 1 / LONGEST <= rate <= FASTEST:
        raise ValueError(f"a rate is at least one order a day and at most {FASTEST:.0f}/s")
    return rate


def at_random(seconds: tuple[float, float], chance: random.Random) -> Iterator[float]:
    """Seconds to wait, each time anew."""
    while True:
        yield chance.uniform(*seconds)


def evenly(rate: float) -> Iterator[float]:
    """Seconds to wait until the next order of so many a second is due. What came too late is not made up for."""
    due = monotonic()
    while True:
        now = monotonic()
        due = max(due + 1 / rate, now)
        yield due - now
