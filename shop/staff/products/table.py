"""What a file of products is, however it came: a header, and cells line by line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

MAX_FILE = 8 * 1024 * 1024  # bytes
MAX_LINES = 50_000
MAX_COLUMNS = 64
MAX_CELL = 1_000  # characters: no column takes as much


class Unreadable(Exception):
    """The file as a whole can't be taken: what is wrong with it, and what to do."""


@dataclass(frozen=True)
class Spoilt:
    """A cell that says something else than it shows: a formula, a date that was no date, a number cut short."""

    why: str


Cell = str | Decimal | bool | Spoilt


@dataclass(frozen=True)
class Line:
    """`number` is as the person counts who has the file open. An empty cell is ""."""

    number: int
    cells: list[Cell]


@dataclass
class Table:
    """`read_as` says in words how it was read; `comma` is whether 9,90 may be a price there."""

    lines: Iterable[Line]
    read_as: str
    comma: bool = True
    notes: list[str] = field(default_factory=list)


def bounded(lines: Iterable[Line]) -> Iterable[Line]:
    """Without empty lines and empty cells at the end. Raises Unreadable for too many."""
    count = 0
    for line in lines:
        while line.cells and line.cells[-1] == "":
            line.cells.pop()
        if not line.cells:
            continue
        count += 1
        if count > MAX_LINES + 1:
            raise Unreadable(f"The file has more than {MAX_LINES:,} lines. Please split it.")
        if len(line.cells) > MAX_COLUMNS:
            raise Unreadable(f"Line {line.number} has more than {MAX_COLUMNS} columns. Is this a list of products?")
        yield line
