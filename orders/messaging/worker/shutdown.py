"""How a worker ends: after SIGTERM it finishes what runs, for a bounded time. The rest goes back to the broker.

Celery's warm shutdown (SIGTERM) takes no new messages and acknowledges what is finished, but waits without limit.
Its soft shutdown has a limit, but sleeps all of it, and acknowledges nothing meanwhile. So the desk uses the warm one,
and ends it by force after SHOP_SHUTDOWN_SECONDS.
"""

import logging
import os
import signal
import threading
from typing import Any

import billiard
from celery.signals import worker_shutting_down
from django.conf import settings

log = logging.getLogger(__name__)


@worker_shutting_down.connect
def bound_shutdown(how: str = "", **kwargs: Any) -> None:
    """Starts a timer that ends the worker. A worker that ends in time is gone before it fires."""
    if how == "Warm":
        clock = threading.Timer(settings.SHUTDOWN_LIMIT.total_seconds(), give_up)
        clock.daemon = True
        clock.start()


def give_up() -> None:
    """Ends at once. The broker notices the closed connection and gives the messages to another worker."""
    log.warning("shutdown: out of time; what still runs goes back to the queue")
    for child in billiard.active_children():
        os.kill(child.pid, signal.SIGKILL)
    os._exit(1)
