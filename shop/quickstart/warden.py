"""Clears up after a process that started others: ends their groups and removes its folders once it is gone.

Runs as a process of its own (`python -I -S warden.py`) and reads what to look after from its standard input, a pipe
that closes however its starter ends, SIGKILL included. Uses nothing but the standard library.
"""

import contextlib
import os
import shutil
import signal
import sys
import time

PATIENCE = 10.0  # seconds between SIGTERM and SIGKILL


def watch() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    folders: set[str] = set()
    for line in sys.stdin:
        word, _, value = line.rstrip("\n").partition(" ")
        match word:
            case "group":
                groups.add(int(value))
            case "ended":
                groups.discard(int(value))
            case "folder":
                folders.add(value)
            case "removed":
                folders.discard(value)
    end_groups(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


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
