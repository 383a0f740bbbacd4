"""The desk's folders: can they be written to, and how much room is left?"""

import os
import shutil
import uuid
from pathlib import Path

from django.conf import settings

from shop.operations.doctor.copy import is_copy
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings

NAME = "disk"
LITTLE, FULL = 1_000_000_000, 100_000_000  # bytes


def check(until: float) -> Findings:
    yield from look_at(settings.VAR_DIR, "SHOP_VAR_DIR")
    if is_copy():
        yield Finding(NAME, OK, f"{settings.SPOOL_DIR} was not tried: slips in it may be another desk's.")
    elif _is_there(settings.SPOOL_DIR):
        yield from look_at(settings.SPOOL_DIR, "SHOP_SPOOL_DIR")


def _is_there(folder: Path) -> bool:
    """False before the first slip makes it. A link that leads nowhere is there, and so is what can't be looked at."""
    try:
        folder.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True


def look_at(folder: Path, variable: str) -> Findings:
    """Writes a test file, reads it and removes it."""
    try:
        _write(folder)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        said = f"{folder} can't be written to: {error.strerror}."
        yield Finding(NAME, BROKEN, said, f"{variable} names it; the desk's user must be able to write there.")
        return
    said = f"{folder} can be written to; {free / 1e9:.1f} GB are free."
    level = BROKEN if free < FULL else WARNING if free < LITTLE else OK
    yield Finding(NAME, level, said, "Make room." if level else "")


def _write(folder: Path) -> None:
    # Hidden: a program that watches the spool folder takes *.pdf alone.
    probe = folder / f".doctor-{uuid.uuid4().hex}"
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)
