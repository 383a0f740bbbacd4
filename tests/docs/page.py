"""Reads a page's fenced blocks: what its reader types in which terminal, and what the page says is printed then.

A block of a terminal is opened by ```console NAME. In it a line after `$ ` is typed, `^C` is Ctrl-C, and all other
lines are what is printed; … stands for what is different each time, on a line of its own for any lines. A block that
begins without `$ ` is what a program that still runs there prints. ```python PATH shows a file of the project.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^```(\w+)?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INTERRUPT = "^C"


@dataclass
class Entry:
    """What is typed (nothing, if a program goes on printing), and the lines that follow.

    `runs_on`: it may still be running then, as nothing else is typed in this block, or Ctrl-C is.
    """

    terminal: str
    typed: str
    printed: list[str] = field(default_factory=list)
    runs_on: bool = False

    def __str__(self) -> str:
        return "\n".join([f"[{self.terminal}] {self.typed}", *self.printed])


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    """Language, name and text of each fenced block."""
    for found in FENCE.finditer(page.read_text()):
        yield found[1] or "", found[2] or "", found[3]


def entries(page: Path) -> list[Entry]:
    """All of a page's entries, one after the other."""
    return [entry for language, name, text in blocks(page) if language == "console" for entry in _entries(name, text)]


def _entries(terminal: str, text: str) -> list[Entry]:
    found: list[Entry] = []
    for line in text.replace("\\\n", "").splitlines():
        if line.startswith("$ ") or line == INTERRUPT:
            found.append(Entry(terminal, line.removeprefix("$ ")))
        elif line.strip():
            found = found or [Entry(terminal, "")]
            found[-1].printed.append(" ".join(line.split()))
    for entry, following in zip(found, [*found[1:], None], strict=True):
        entry.runs_on = following is None or following.typed == INTERRUPT
    return found


def pattern(lines: list[str]) -> re.Pattern[str]:
    """Matches the printed lines, each with its newline, if they are as `lines` say."""
    return re.compile("".join(r"(?:.*\n)*?" if line == "…" else _line(line) for line in lines))


def _line(line: str) -> str:
    return ".*?".join(re.escape(piece) for piece in line.split("…")) + r"\n"


def agrees(printed: list[str], lines: list[str]) -> bool:
    """True if that, and nothing else, was printed."""
    return pattern(lines).fullmatch("".join(f"{line}\n" for line in printed)) is not None
