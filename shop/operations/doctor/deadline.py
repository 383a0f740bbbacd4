"""Ends the doctor in time where the machine is too busy even to start it. Imports nothing of the desk.

manage.py begins it before anything else is read: the time that this takes counts.
"""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

END = 18.0  # seconds from the process's start
BUSY = "The machine is too busy: not all was looked at in 18 s."
SPEAKING = threading.Lock()  # held while the end is said: there is one
OVER = threading.Event()  # The doctor has said all.
found: list[dict[str, Any]] = []  # as the JSON has them


def age() -> float:
    """Seconds since this process was started; 0 where nobody can tell. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""
    try:
        # Behind the program's name, which may have anything in it: the 22nd field is the 20th there.
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0


def begin(as_json: bool) -> None:
    threading.Thread(target=_end, args=[as_json], daemon=True).start()


def _end(as_json: bool) -> None:
    time.sleep(max(END - age(), 0.0))
    SPEAKING.acquire(timeout=1.0)
    if OVER.is_set():
        return
    os.write(1, f"{last_word(as_json)}\n".encode())
    os._exit(2)


def last_word(as_json: bool) -> str:
    """What is said then. (As text, what was found before has been said.)"""
    if not as_json:
        return f"{'broken':<8} {'doctor':<12} {BUSY}"
    last = {"check": "doctor", "level": "broken", "said": BUSY, "what_to_do": ""}
    return json.dumps({"code": 2, "status": "broken", "findings": [*found, last]}, ensure_ascii=False)
