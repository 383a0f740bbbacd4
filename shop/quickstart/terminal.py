"""What the first start says: a line for each part, with a mark and the time it took."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from shop.quickstart.processes import StartFailed

COLOURS = {"bold": "1", "dim": "2", "green": "32", "red": "31"}


def styled(text: str, style: str) -> str:
    """In colour on a terminal (https://no-color.org), plain elsewhere."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{COLOURS[style]}m{text}\033[0m"


def say(text: str = "", end: str = "\n") -> None:
    """Prints at once. A terminal that was closed must not keep us from stopping what we started."""
    with suppress(OSError):
        print(text, end=end, flush=True)


class Part:
    """One line of the start; `note` is what it says once the part is there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.note = "ready"


@contextmanager
def part(name: str) -> Iterator[Part]:
    """Shows that `name` is being worked on, then how it went. A failure is raised as StartFailed naming the part."""
    current = Part(name)
    started = time.monotonic()
    if sys.stdout.isatty():
        say(f"  {styled('…', 'dim')} {name}", end="")
    try:
        yield current
    except Exception as error:
        _end_line(current, started, styled("✗", "red"), "failed")
        log = error.log if isinstance(error, StartFailed) else ""
        message = error.message if isinstance(error, StartFailed) else f"{type(error).__name__}: {error}"
        raise StartFailed(f"{name}: {message}", log) from error
    _end_line(current, started, styled("✓", "green"), current.note)


def _end_line(current: Part, started: float, mark: str, note: str) -> None:
    seconds = time.monotonic() - started
    took = styled(f"  {seconds:.1f} s", "dim") if seconds >= 1 else ""
    back = "\r" if sys.stdout.isatty() else ""
    say(f"{back}  {mark} {current.name:<12} {note}{took}")
