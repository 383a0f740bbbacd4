"""Slips that the program behind the spool folder has taken: files in done/ that nobody asks for any more."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from orders.steps import why_held
from printing.models import PrintJob
from printing.printers.folder import DRAFTS, TAKEN

SLIP = re.compile(r"([0-9A-Z-]+)\.r(\d+)\.c(\d+)\.pdf")
AT_ONCE = 200  # files
ENDED = [PrintJob.State.DONE, PrintJob.State.FAILED]


def old() -> Iterator[Path]:
    """Files that are old enough, whatever became of their jobs; in a copy of another desk's database, none.

    There the folder may be that desk's, which may still ask for them.
    """
    if why_held():
        return
    # The files' own times are this machine's (or its file server's), and a day or two do not matter.
    before = time.time() - settings.KEEP.slip_days * 86_400
    with suppress(OSError):
        for file in (settings.SPOOL_DIR / TAKEN).iterdir():
            with suppress(OSError):  # Somebody else has removed it.
                if SLIP.fullmatch(file.name) and file.lstat().st_mtime < before:
                    yield file


def may_go(files: list[Path]) -> list[Path]:
    """Those whose jobs have ended, or are unknown here: while one has not, the file says that it was taken."""
    names = {file: SLIP.fullmatch(file.name) for file in files}
    numbers = [match[1] for match in names.values() if match]
    jobs = PrintJob.objects.filter(order__number__in=numbers).exclude(state__in=ENDED)
    still_asked = {(job.order.number, job.revision, job.copy) for job in jobs.select_related("order")}
    return [file for file, m in names.items() if m and (m[1], int(m[2]), int(m[3])) not in still_asked]


def count() -> int:
    return len(may_go(list(old())))


def prune() -> Iterator[int]:
    files = list(old())
    for start in range(0, len(files), AT_ONCE):
        going = may_go(files[start : start + AT_ONCE])
        for file in going:
            remove(file)
        yield len(going)


def remove(file: Path) -> None:
    """The slip, and the receipt that it was given to the folder."""
    with suppress(OSError):
        file.unlink(missing_ok=True)
        (settings.SPOOL_DIR / DRAFTS / f"{file.name}.given").unlink(missing_ok=True)
