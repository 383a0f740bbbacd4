"""Bars for a template to draw as SVG: where each stands, and how high it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 600, 72, 4  # in the units of the picture


@dataclass(frozen=True)
class Bar:
    """In the picture's units, from the top left."""

    x: int
    y: int
    width: int
    height: int
    title: str
    last: bool


def bars(counts: Sequence[tuple[int, str]]) -> Iterator[Bar]:
    """One for each count, with what it says of itself; the highest fills the picture, none is left out of sight."""
    most = max((count for count, _ in counts), default=0) or 1
    step = WIDTH // max(len(counts), 1)
    for place, (count, title) in enumerate(counts):
        height = max(round(HEIGHT * count / most), 2 if count else 1)
        yield Bar(place * step, HEIGHT - height, step - GAP, height, title, place == len(counts) - 1)
