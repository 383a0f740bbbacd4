"""An answer ends after 30 seconds or ten million bytes, whatever the other side does."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from orders.steps import bounds


class Socket:
    """Remembers how long it may wait for the next piece."""

    def __init__(self) -> None:
        self.pause = 15.0

    def gettimeout(self) -> float:
        return self.pause

    def settimeout(self, seconds: float) -> None:
        self.pause = seconds


def test_an_answer_of_ten_million_bytes_is_read_and_one_byte_more_is_too_many() -> None:
    def read(size: int) -> int:
        return len(io.BufferedReader(bounds.BoundedStream(io.BytesIO(b"x" * size), Socket())).read())

    assert read(10_000_000) == 10_000_000
    with pytest.raises(OSError, match="the answer is too large"):
        read(10_000_001)


def test_after_thirty_seconds_an_answer_is_read_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Any = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(bounds, "time", SimpleNamespace(monotonic=lambda: clock.now))
    sock = Socket()
    stream = bounds.BoundedStream(io.BytesIO(b"abc"), sock)
    for now, pause in (1001.0, 15.0), (1029.0, 1.0):
        clock.now = now
        assert stream.read(1)
        assert sock.pause == pause
    clock.now = 1030.0
    with pytest.raises(TimeoutError, match="the answer took too long"):
        stream.read(1)
