"""What a process tells systemd of itself (`Type=notify`, WatchdogSec).

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import os
import socket

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def tell(word: str) -> bool:
    """Sends it to the socket that NOTIFY_SOCKET names; never waits, never raises. False: nobody listens.

    gunicorn.conf.py gives the variable another name: gunicorn itself would speak too early.

    A name that begins with @ is an abstract socket's: https://man7.org/linux/man-pages/man7/unix.7.html
    """
    address = os.environ.get("NOTIFY_SOCKET") or os.environ.get("DESK_NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as to_systemd:
            to_systemd.connect("\0" + address[1:] if address[0] == "@" else address)
            to_systemd.send(word.encode())
    except OSError:
        return False
    return True


def watchdog_seconds(main_pid: int = 0) -> float:
    """How long systemd waits for the next sign of life before it ends the service; 0: it does not.

    `main_pid` is the service's main process, this one unless it is given.
    """
    microseconds, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not (microseconds.isascii() and microseconds.isdigit()) or pid not in ("", str(main_pid or os.getpid())):
        return 0.0
    return int(microseconds) / 1_000_000
