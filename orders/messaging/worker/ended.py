"""A pool's process that has ended is replaced, also where the kernel closes its pipes before it says that it has ended.

Celery hears of an end by a pipe that closes, stops watching that process, and asks the kernel for its exit code. On a
busy machine that comes a moment later: then the process would stay in the pool, dead and never replaced, and the worker
itself would end with "file descriptor is None" the next time that it connects to the broker.
"""

from typing import Any

from billiard.pool import RUN
from celery.concurrency.asynpool import AsynPool

AGAIN = 0.1  # seconds

_celerys_exit = AsynPool._event_process_exit
_celerys_track = AsynPool._track_child_process


def look_again() -> None:
    """For this process, once or more often, before its pool is made."""
    AsynPool._event_process_exit = _exit
    AsynPool._track_child_process = _track


def _exit(pool: Any, hub: Any, process: Any) -> None:
    _celerys_exit(pool, hub, process)
    if pool._state == RUN and any(one is process for one in pool._pool):
        hub.call_later(AGAIN, pool._event_process_exit, hub, process)


def _track(pool: Any, process: Any, hub: Any) -> None:
    if getattr(process, "_sentinel_poll", "not watched yet") is None:  # Its end was seen before.
        hub.call_later(AGAIN, pool._event_process_exit, hub, process)
    else:
        _celerys_track(pool, process, hub)
