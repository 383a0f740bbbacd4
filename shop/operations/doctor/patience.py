"""How long the doctor may take: it ends in time also where a busy machine took long to start it."""

import os
import time
from pathlib import Path

ALL = 12.0  # seconds from the process's start to the last finding: what is left of twenty is for saying it
MOST, LEAST = 10.0, 3.0  # seconds for the checks


def left() -> float:
    """Seconds that the checks have."""
    return min(MOST, max(LEAST, ALL - age()))


def age() -> float:
    """Seconds since this process was started; 0 where nobody can tell. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""
    try:
        # Behind the program's name, which may have anything in it: the 22nd field is the 20th there.
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
