"""How long and how large the outside world's answers may be: an effect ends in time, whatever the other side does.

Every request of an effect is bounded: CONNECT_SECONDS to be connected, READ_SECONDS for each piece of the answer,
TOTAL_SECONDS for all of it (a slow drip of bytes ends too), LARGEST_ANSWER bytes.
"""

import io
import time
from http.client import HTTPResponse, parse_headers
from typing import Any

CONNECT_SECONDS = 3
READ_SECONDS = 15
TOTAL_SECONDS = 30
LARGEST_ANSWER = 10_000_000  # bytes


class BoundedStream(io.RawIOBase):
    """An answer as it comes off the socket, until its time or its size is up."""

    def __init__(self, raw: Any, sock: Any, *, seconds: float | None = None) -> None:
        self._raw = raw
        self._sock = sock
        self._pause = sock.gettimeout()
        self._end = time.monotonic() + (TOTAL_SECONDS if seconds is None else seconds)
        self._left = LARGEST_ANSWER

    def extend(self, seconds: float) -> None:
        """From now on it may take so much time."""
        self._pause, self._end = seconds, time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises TimeoutError or OSError, which every HTTP client knows how to report."""
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(remaining if self._pause is None else min(remaining, self._pause))
        count = self._raw.readinto(buffer) or 0
        self._left -= count
        if self._left < 0:
            raise OSError("the answer is too large")
        return int(count)

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedResponse(HTTPResponse):
    """The standard library's response over a bounded stream: a connection's `response_class`."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(BoundedStream(self.fp.detach(), sock))

    def _read_status(self) -> tuple[str, int, str]:
        """The final answer's. Others of 100 to 199 come before it, any number of them (RFC 9110, 15.2).

        The library skips 100 alone: a 103 would be the answer, and what follows it the answer to the next request.
        """
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200:
                return version, status, reason
            parse_headers(self.fp)
