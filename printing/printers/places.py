"""The folders of a spool: where the file of a slip or a pick list can lie."""

from collections.abc import Iterator
from pathlib import Path

DRAFTS, TAKEN = ".tmp", "done"
# Where programs that print from the folder put what they can't print.
REFUSED = tuple(name for word in ("error", "errors", "failed", "rejected") for name in (word, word.capitalize()))


def every(spool: Path) -> Iterator[Path]:
    """The spool folder, and each folder in it: also one that the desk does not know (an archive). Raises OSError."""
    yield spool
    # A disk of its own has a folder for its repairs, which nobody may read.
    yield from sorted(place for place in spool.iterdir() if place.is_dir() and place.name != "lost+found")


def ended(spool: Path) -> Iterator[Path]:
    """Where a file lies once the program behind the folder is through with it, whether it printed it or could not."""
    yield from (spool / name for name in (TAKEN, *REFUSED))
