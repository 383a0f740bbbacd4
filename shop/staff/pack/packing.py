"""How far an order is packed: computed from the rows of its scans, and from nothing else. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orders.models import PackScan

Kind = PackScan.Kind


@dataclass(frozen=True)
class Article:
    """A line of the order, as it is packed."""

    line_id: int
    sku: str
    name: str
    bin: str
    wanted: int


class Row(Protocol):
    """What is read of a scan's row."""

    kind: str
    line_id: int | None
    pieces: int
    undone_at: datetime | None


@dataclass(frozen=True)
class Line:
    """A line and how far it is: `counted` pieces are in the parcel, `missing` ones nobody found yet."""

    article: Article
    counted: int
    missing: int

    @property
    def left(self) -> int:
        return self.article.wanted - self.counted

    @property
    def is_in(self) -> bool:
        return self.left == 0


@dataclass(frozen=True)
class Packing:
    """All lines, as people walk them. `here` is the line in hand: of the last scan, or else the next that is not in."""

    lines: tuple[Line, ...]
    here: int | None

    @property
    def counted(self) -> int:
        return sum(line.counted for line in self.lines)

    @property
    def wanted(self) -> int:
        return sum(line.article.wanted for line in self.lines)

    @property
    def left(self) -> int:
        return self.wanted - self.counted

    @property
    def all_in(self) -> bool:
        return self.left == 0

    @property
    def is_told(self) -> bool:
        """True if it may be left without a question: somebody said of all that is left that it is missing."""
        return not self.all_in and all(line.left == line.missing for line in self.lines)

    def of(self, line_id: int) -> Line:
        return next(line for line in self.lines if line.article.line_id == line_id)

    def line(self, line_id: int | None) -> Line | None:
        return next((line for line in self.lines if line.article.line_id == line_id), None)


def packing(articles: Sequence[Article], rows: Iterable[Row]) -> Packing:
    """`articles` as people walk them, `rows` in the sequence in which they were scanned."""
    counted: Counter[int] = Counter()
    missing: dict[int, int] = {}
    last = None
    for row in rows:
        if row.undone_at or row.line_id is None or row.kind not in (Kind.COUNTED, Kind.MISSING):
            continue
        last = row.line_id
        if row.kind == Kind.COUNTED:
            counted[row.line_id] += row.pieces
        else:
            missing[row.line_id] = row.pieces
    lines = tuple(_line(article, counted[article.line_id], missing) for article in articles)
    return Packing(lines, _here(lines, last))


def _line(article: Article, counted: int, missing: dict[int, int]) -> Line:
    """What was found after all is not missing any more."""
    return Line(article, counted, min(missing.get(article.line_id, 0), article.wanted - counted))


def _here(lines: Sequence[Line], last: int | None) -> int | None:
    """The next one behind the last scan whose pieces are neither in nor said to be missing; from the top if need be."""
    ids = [line.article.line_id for line in lines]
    start = ids.index(last) if last in ids else 0
    ahead = [*lines[start:], *lines[:start]]
    wanting = [line for line in ahead if line.left > line.missing] or [line for line in ahead if not line.is_in]
    return wanting[0].article.line_id if wanting else None
