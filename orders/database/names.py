"""What a connection to PostgreSQL is called: `pg_stat_activity` shows it, and `manage.py doctor` counts by it.

The name tells how many connections the web may open, from whatever machine: each of its threads keeps one.
"""

import re
import socket
from dataclasses import dataclass

OURS = "order desk: "
WORKER, COMMAND, WEB = "worker", "command", "web"
SIZE = re.compile(rf"{OURS}{WEB}, (\d+)x(\d+) threads, ")


class Called:
    """What its connections are called from now on; a command's if nobody said."""

    name = f"{OURS}{COMMAND}"

    @classmethod
    def is_a(cls, kind: str) -> None:
        cls.name = f"{OURS}{kind}"


@dataclass(frozen=True)
class Web:
    """gunicorn's processes on a machine, and the threads of each. `parent` is the process that started them."""

    processes: int
    threads: int
    parent: int

    def __str__(self) -> str:
        """PostgreSQL keeps 63 characters: the host's name comes last."""
        return f"{WEB}, {self.processes}x{self.threads} threads, {self.parent}@{socket.gethostname()}"


def size(name: str) -> int | None:
    """How many connections the web that has this one may open; None if it is no web's, or does not say."""
    found = SIZE.match(name)
    return int(found[1]) * int(found[2]) if found else None
