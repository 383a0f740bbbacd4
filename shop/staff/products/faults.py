"""What is wrong with a file's lines: all of it is counted, the first of it is told."""

from dataclasses import dataclass, field

from orders.fault import shown

MOST_TOLD = 50


class Wrong(ValueError):
    """What is wrong with one cell, in a sentence that begins small."""


@dataclass
class Told:
    """Sentences like "line 17, price: it is empty."; `more` is how many are not in `told`."""

    told: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, column: str, words: str) -> None:
        self.count += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(f"line {line}, {column}: {words}")

    @property
    def more(self) -> int:
        return self.count - len(self.told)


def quoted(text: str) -> str:
    """A value that somebody wrote, cut and without what can't be seen; an empty one as such."""
    return shown(text) if text else "empty"
