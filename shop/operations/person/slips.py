"""An order's slips as files: in the spool folder, and where the program behind it has put them."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from printing.printers.folder import DRAFTS, TAKEN


def files(number: str) -> Iterator[Path]:
    """Also halves of files that a worker left which was killed."""
    for folder in (settings.SPOOL_DIR, settings.SPOOL_DIR / TAKEN, settings.SPOOL_DIR / DRAFTS):
        with suppress(OSError):
            yield from (file for file in sorted(folder.glob(f"{number}.r*")) if file.suffix != ".given")
