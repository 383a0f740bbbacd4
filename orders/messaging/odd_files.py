"""Files in a folder where anything may lie: a FIFO, a link, a device, a folder, something huge.

Whatever is no plain file of a message's size is neither opened nor waited for; it can be put aside.
"""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

# Hints have some hundred, an answer of `celery inspect` up to 100,000: nothing longer is written.
MOST_BYTES = 1_048_576
MOST_ASIDE = 20  # files
LOCK_SECONDS = 3.0
ASIDE = "unreadable"
CAREFULLY = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
# What open() says of a file that is none of ours. All else (no descriptor is left, the disk fails) may pass.
NONE_OF_OURS = {errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO, errno.ENODEV, errno.EISDIR}


class OddFile(Exception):
    """It is no file of the desk's; the text says what it is. No OSError: it does not pass."""


def read(path: Path) -> bytes:
    """Raises OddFile, or OSError for what may pass."""
    with opened(path, os.O_RDONLY) as file:
        if os.fstat(file).st_size > MOST_BYTES:
            raise OddFile("more than a mebibyte")
        parts: list[bytes] = []
        while (part := os.read(file, MOST_BYTES + 1)) and sum(map(len, parts)) <= MOST_BYTES:
            parts.append(part)
    return b"".join(parts)


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """A plain file's descriptor. Nothing else is opened: with some devices, to be opened does something."""
    with suppress(FileNotFoundError):
        _check(path.lstat())
    try:
        file = os.open(path, flags | CAREFULLY, 0o600)
    except OSError as error:
        if error.errno in NONE_OF_OURS:
            raise OddFile(error.strerror) from error
        raise
    try:
        _check(os.fstat(file))  # What lay there a moment ago may be something else by now.
        yield file
    finally:
        os.close(file)


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OddFile(f"no plain file ({stat.filemode(found.st_mode)})")


def put_aside(path: Path) -> Path:
    """Into the folder `unreadable` beside it, where the latest few are kept. Raises OSError."""
    aside = path.parent / ASIDE
    if not aside.is_dir() and os.path.lexists(aside):
        aside.rename(aside.with_name(f"{ASIDE}-{uuid4()}"))
    aside.mkdir(0o700, exist_ok=True)
    target = aside / path.name
    if os.path.lexists(target):  # A folder can't be replaced, and what lies there is kept, too.
        target = aside / f"{path.name[:40]}.{uuid4()}"
    path.rename(target)
    prune(aside)
    return target


def prune(aside: Path) -> None:
    """Removes all but the latest. A folder with something in it stays: nobody asked for that to be deleted."""
    found = []
    for path in aside.iterdir():
        with suppress(FileNotFoundError):
            found.append((path.lstat().st_ctime_ns, path))  # A rename sets it: when it was put here.
    for _, path in sorted(found)[:-MOST_ASIDE]:
        with suppress(OSError):
            path.rmdir() if stat.S_ISDIR(path.lstat().st_mode) else path.unlink()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Raises OSError, also if somebody keeps the lock."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        try:
            with opened(path, os.O_RDWR):
                pass
        except OddFile:
            put_aside(path)
    with opened(path, os.O_RDWR | os.O_CREAT) as file:
        _take(file)
        yield


def _take(file: int) -> None:
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise
        time.sleep(0.01)
