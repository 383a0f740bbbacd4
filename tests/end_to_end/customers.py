"""Customers who place orders all the time, while something is done to the desks they order at."""

import threading
import urllib.error

from tests.end_to_end.desk import TestDesk, wait_for


class Customers:
    """Place orders all the time, at each of some desks in turn; `placed` has the numbers, `failed` all else."""

    def __init__(self, *desks: TestDesk) -> None:
        self.desks = list(desks)
        self.placed: list[str] = []
        self.failed: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def _go_on(self) -> None:
        while not self._over.wait(0.1):
            for desk in tuple(self.desks):
                try:
                    self.placed.append(desk.post())
                except urllib.error.HTTPError as error:
                    self.failed.append(f"{desk.url}: {error.code} {error.read()[:300]!r}")
                except (OSError, AssertionError) as error:
                    self.failed.append(f"{desk.url}: {error!r}")

    def wait_for_more(self, count: int) -> None:
        goal = len(self.placed) + count
        wait_for(lambda: len(self.placed) >= goal or self.failed, f"{count} more orders are placed", 60)
        assert self.failed == []

    def __enter__(self) -> "Customers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(40)
