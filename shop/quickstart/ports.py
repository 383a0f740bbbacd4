"""Free TCP ports on this machine."""

import random
import socket
import sys
import urllib.request

# Below what Linux gives to outgoing connections (32768 and up), so that nobody takes one while a server restarts.
RANGE = range(20000, 32000)
_given: set[int] = set()
_reserved: list[socket.socket] = []
_just_given: list[socket.socket] = []
MOST_MARKS = 50  # An open file each. Until so many more ports were given, a server has long begun to listen.


def is_free(port: int) -> bool:
    """True if a server could listen on 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def free_port() -> int:
    """A random free port that this process was not given before, nor another one just now."""
    for _ in range(1000):
        port = random.choice(RANGE)  # noqa: S311 - no secret
        if port not in _given and is_free(port) and _reserve(port, _just_given, "random"):
            _given.add(port)
            while len(_just_given) > MOST_MARKS:
                _just_given.pop(0).close()
            return port
    raise OSError(f"No free port between {RANGE.start} and {RANGE.stop}.")


def first_free(wanted: int) -> int:
    """`wanted` if it is free, else the next one above. Until this process ends no other is given it by this function.

    (Some seconds go by before a server listens there, and who is started meanwhile would choose the same.)
    """
    for port in range(wanted, min(wanted + 100, 65536)):
        if is_free(port) and _reserve(port, _reserved):
            return port
    return free_port()


def _reserve(port: int, marks: list[socket.socket], of: str = "") -> bool:
    """False if another process has reserved it. Where there are no abstract names (they are Linux's) all may have it.

    Such a name is gone with its process, however that ends: https://man7.org/linux/man-pages/man7/unix.7.html
    """
    if sys.platform != "linux":
        return True
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        mark.bind(f"\0order-desk-port-{of}{port}")
    except OSError:
        mark.close()
        return False
    marks.append(mark)
    return True


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """True if something listens there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def speaks_http(url: str) -> bool:
    """True if `url` answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - http, to this machine
            return bool(answer.status == 200)
    except OSError:
        return False
