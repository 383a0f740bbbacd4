"""Marks: eight bytes each, appended to a file by any number of processes. (A whole write of so few is never torn.)"""

import os
import struct
from functools import lru_cache
from pathlib import Path


def mark(path: str, value: float) -> None:
    os.write(_opened(path), struct.pack("d", value))


@lru_cache
def _opened(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def marks(path: Path) -> list[float]:
    data = path.read_bytes() if path.exists() else b""
    return [value for (value,) in struct.iter_unpack("d", data[: len(data) // 8 * 8])]
