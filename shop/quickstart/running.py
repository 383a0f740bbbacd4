"""The first look that is running with a folder: there is one at most, and its lock's file holds its environment."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from shop.quickstart.processes import StartFailed, keep_locked
from shop.quickstart.terminal import say
from shop.quickstart.warden import PATIENCE

LOCK = "quickstart.lock"
PROCESSES = "processes.lock"
A_MOMENT = 1.0  # seconds


@contextmanager
def alone(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Raises StartFailed while another first look uses the same folder. Others can read our environment meanwhile."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = (
                f"Another bin/quickstart is running with {folder}. Stop it, or set SHOP_VAR_DIR to another folder."
            )
            raise StartFailed(message) from error
        os.fchmod(descriptor, 0o600)  # A file of an earlier release was everybody's to read.
        os.truncate(descriptor, 0)
        ours = {name: value for name, value in environment.items() if name.startswith("SHOP_")}
        os.write(descriptor, json.dumps(ours).encode())
        wait_for_the_former(folder / PROCESSES, PATIENCE + 10)
        keep_locked(folder / PROCESSES)
        yield
        os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def wait_for_the_former(lock: Path, patience: float) -> None:
    """A first look that was killed leaves processes for some seconds, and one of its workers would take our messages.

    Raises StartFailed if they are still there after `patience` seconds.
    """
    begun, told = time.monotonic(), False
    with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)) as file:
        while not _is_free(file.fileno()):
            if (waited := time.monotonic() - begun) > patience:
                raise StartFailed(f"Processes of a first look with {lock.parent} are still there; they hold {lock}.")
            if waited > A_MOMENT and not told:
                told = True
                say("Waiting until the processes of the first look before are gone …")
            time.sleep(0.05)


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def environment_of(folder: Path) -> dict[str, str] | None:
    """The SHOP_… variables of the first look that is running with this folder; None if there is none.

    Raises OSError if its file can't be read: it has the database's password in it.
    """
    try:
        lock = (folder / LOCK).open(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            found: dict[str, str] = json.loads(lock.read() or "{}")
            return found
    return None


def close_to_others(folder: Path) -> None:
    """What an earlier release left for everybody to read: names of customers, and order numbers."""
    for name in ("broker", "log", "sandbox", "spool"):
        with suppress(OSError):
            (folder / name).chmod(0o700)
    for file in folder.glob("desk.sqlite3*"):
        with suppress(OSError):
            file.chmod(0o600)
