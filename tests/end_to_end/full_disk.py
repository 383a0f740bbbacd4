"""A desk on a disk that fills up: `unshare -rm python -m tests.end_to_end.full_disk FILLED_DATABASE FOLDER`.

In a mount namespace of its own it may mount a small file system, whoever runs it. Ends with 0 if all held.
"""

import shutil
import subprocess
import sys
import time
import urllib.error
from contextlib import suppress
from pathlib import Path

from tests.end_to_end.desk import TestDesk, desk, wait_for

SIZE = "16m"
FULL = 3  # seconds each time
TIMES = 2
PACE = {  # Leases and pauses of seconds; their order is that of production.
    "SHOP_STEP_TIME_LIMIT_SECONDS": "6",
    "SHOP_STEP_LEASE_SECONDS": "8",
    "SHOP_STEP_GRACE_SECONDS": "2",
    "SHOP_RETRY_DELAYS_SECONDS": ",".join(["0.5", "1"] + ["2"] * 60),
    "SHOP_BREAKER_DELAY_SECONDS": "1",
    "SHOP_SAP_REQUEST_LIMIT_SECONDS": "2",
}


def fill(disk: Path) -> Path:
    """Takes all that is left; returns the file that does."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return filler


def order(here: TestDesk) -> list[str]:
    """Its number; none if the answer was 503: the customer knows then that it was not taken."""
    try:
        return [here.post()]
    except urllib.error.HTTPError as error:
        if error.code != 503 or not error.headers["Retry-After"]:
            raise AssertionError(f"answer {error.code}, {error.headers}") from error
        return []


def orders_while_full(here: TestDesk, disk: Path) -> list[str]:
    filler, refused = fill(disk), False
    taken: list[str] = []
    ends = time.monotonic() + FULL
    while time.monotonic() < ends:
        numbers = order(here)
        taken, refused = taken + numbers, refused or not numbers
        with suppress(OSError), filler.open("ab", buffering=0) as file:  # What became free meanwhile.
            file.write(b"x" * 65536)
        time.sleep(0.2)
    assert refused, "the disk was never full"
    filler.unlink()
    return taken


def orders_around(here: TestDesk, disk: Path) -> list[str]:
    """The disk becomes full while orders are worked on, and has room again."""
    before = [here.post() for _ in range(4)]
    during = orders_while_full(here, disk)
    return before + during + list(wait_for(lambda: order(here), "orders are taken again"))


def main(filled: str, folder: str) -> None:
    disk = Path(folder)
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", folder], check=True)
    (disk / "var").mkdir()
    shutil.copy(filled, disk / "var" / "desk.sqlite3")
    with desk(disk / "var", PACE) as here:
        here.wait_until_processed(here.post())
        numbers = [number for _ in range(TIMES) for number in orders_around(here, disk)]
        for name, process in here.processes.items():
            assert process.running, f"{name} has ended:\n{process.tail(40)}"
        here.wait_until_processed(*numbers, patience=60)
        assert [len(here.slips(number)) for number in numbers] == [1] * len(numbers)
        counts = here.sap_orders()
        assert [counts.get(number) for number in numbers] == [1] * len(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
