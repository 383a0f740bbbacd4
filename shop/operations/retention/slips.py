"""Slips and pick lists in the spool folder that were printed or refused there, and nobody asks for any more."""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from orders.models.pick_list import PREFIX
from orders.steps import why_held
from printing.models import ListJob, PrintJob
from printing.printers.folder import receipt
from printing.printers.places import DRAFTS, ended

SLIP = re.compile(r"([0-9A-Z-]+)\.r(\d+)\.c(\d+)\.pdf")
# What a worker left that was killed while it wrote one or took one back.
HALF = re.compile(SLIP.pattern + r"(\.[0-9a-f]{32}\.part|\.withdrawn)")
AT_ONCE = 200  # files
ENDED = [PrintJob.State.DONE, PrintJob.State.FAILED]
Key = tuple[str, int, int]  # number, revision, copy


def old() -> Iterator[Path]:
    """Files that are old enough, whatever became of their jobs; in a copy of another desk's database, none.

    There the folder may be that desk's, which may still ask for them.
    """
    if why_held():
        return
    for place in ended(settings.SPOOL_DIR):
        yield from _old_in(place, SLIP)
    yield from _old_in(settings.SPOOL_DIR / DRAFTS, HALF)


def _old_in(place: Path, names: re.Pattern[str]) -> Iterator[Path]:
    # The files' own times are this machine's (or its file server's), and a day or two do not matter.
    before = time.time() - settings.KEEP.slip_days * 86_400
    with suppress(OSError):
        for file in place.iterdir():
            with suppress(OSError):  # Somebody else has removed it.
                if names.fullmatch(file.name) and file.lstat().st_mtime < before:
                    yield file


def may_go(files: list[Path]) -> list[Path]:
    """Those whose jobs have ended, or are unknown here: while one has not, the file says what became of it."""
    keys = {file: (match[1], int(match[2]), int(match[3])) for file in files if (match := SLIP.match(file.name))}
    still_asked = {*_slips_asked(keys.values()), *_lists_asked(keys.values())}
    return [file for file, key in keys.items() if key not in still_asked]


def _slips_asked(keys: Iterable[Key]) -> Iterator[Key]:
    jobs = PrintJob.objects.filter(order__number__in=[key[0] for key in keys]).exclude(state__in=ENDED)
    for job in jobs.select_related("order"):
        yield job.order.number, job.revision, job.copy


def _lists_asked(keys: Iterable[Key]) -> Iterator[Key]:
    texts = [key[0].removeprefix(PREFIX) for key in keys if key[0].startswith(PREFIX)]
    lists = [int(text) for text in texts if text.isdecimal() and len(text) < 19]
    for job in ListJob.objects.filter(pick_list__in=lists).exclude(state__in=ENDED).select_related("pick_list"):
        yield job.pick_list.number, 1, job.copy


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
    """The file, and the receipt that it was given to the folder."""
    with suppress(OSError):
        file.unlink(missing_ok=True)
        if SLIP.fullmatch(file.name):
            (settings.SPOOL_DIR / receipt(file.name)).unlink(missing_ok=True)
