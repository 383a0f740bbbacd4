"""Clears up after a process that started others: ends their groups and removes its folders once it is gone.

Until all of that is done it keeps the files locked that it was told to: who comes next waits for them.

Runs as a process of its own (`python -I -S warden.py`) and reads what to look after from its standard input, a pipe
that closes however its starter ends, SIGKILL included. Uses nothing but the standard library.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import sys
import time

PATIENCE = 10.0  # seconds between SIGTERM and SIGKILL


def watch() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[str] = set()
    folders: set[str] = set()
    known = {
        "group": groups.add,
        "ended": groups.discard,
        "folder": folders.add,
        "removed": folders.discard,
        "lock": _lock,
    }
    for line in sys.stdin:
        word, _, value = line.rstrip("\n").partition(" ")
        known[word](value)
    end_groups({int(group) for group in groups})
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _lock(path: str) -> None:
    """For as long as this process lives."""
    with contextlib.suppress(OSError):
        fcntl.flock(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX | fcntl.LOCK_NB)


def end_groups(groups: set[int]) -> None:
    """SIGTERM, and SIGKILL for those that are still there after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    left = {group for group in groups if _signal(group, signal.SIGTERM)}
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = {group for group in left if _signal(group, 0)}
    for group in left:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """False if no such process group is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    watch()
