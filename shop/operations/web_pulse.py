"""What systemd hears of the web: ready when a process of it can answer, alive while one of them goes round.

gunicorn's arbiter replaces a process that hangs, and systemd the arbiter once none goes round any more. The unit needs
`NotifyAccess=all`: it is not the main process that speaks.
"""

import time
from typing import Any

from orders.messaging import systemd


def begin(worker: Any) -> None:
    """`worker` is gunicorn's, whose main loop calls its `notify` every second."""
    systemd.tell(systemd.READY)
    seconds = systemd.watchdog_seconds(worker.ppid)
    if not seconds:
        return
    notify, told = worker.notify, [float("-inf")]

    def notify_both() -> None:
        notify()
        if time.monotonic() - told[0] >= seconds / 4:
            told[0] = time.monotonic()
            systemd.tell(systemd.ALIVE)

    worker.notify = notify_both
