"""Pauses between connections to the broker that break soon after they were made."""

import time
from collections.abc import Callable

LONGEST = 10.0  # seconds
WELL = 30.0  # Seconds that a connection has to last to be taken for a good one.
GLANCE = 0.1  # seconds


class Patience:
    """No pause after the first failure, then 1 s, 2 s, 4 s … LONGEST, until a connection lasted."""

    def __init__(self, may_go_on: Callable[[], object]) -> None:
        """`may_go_on` is called all the while, and raises what ends the worker."""
        self._may_go_on = may_go_on
        self._pause = 0.0
        self._failed_at = float("-inf")

    def next_pause(self) -> float:
        """Seconds to wait after the failure that has just been."""
        now = time.monotonic()
        if now - self._failed_at > WELL:
            self._pause = 0.0
        else:
            self._pause = min(LONGEST, max(1.0, self._pause * 2))
        self._failed_at = now + self._pause
        return self._pause

    def wait(self) -> None:
        until = time.monotonic() + self.next_pause()
        while (left := until - time.monotonic()) > 0:
            self._may_go_on()
            time.sleep(min(left, GLANCE))
