"""How a worker ends that can't do its work as it was started: one line that says what to do, and an exit code."""

import logging
from typing import NoReturn

from orders.messaging import foreign
from orders.messaging.worker import shutdown

log = logging.getLogger(__name__)

# Starting again changes nothing before a person did. EX_CONFIG of sysexits.h; see docs/operations.md.
CANNOT_WORK = 78


def cannot_work(why: str) -> NoReturn:
    """Ends the worker; what it has begun is finished first, for SHOP_SHUTDOWN_SECONDS at most."""
    log.critical("The worker ends: %s.", why)
    shutdown.bound_shutdown(how="Warm")
    raise SystemExit(CANNOT_WORK)


def end_if_foreign(error: BaseException, *, connected_before: bool) -> None:
    """Ends the worker if the error says that a name of the desk's is somebody else's.

    A worker that was connected before may meet its own lost connection under its name, until the broker has noticed.
    """
    if why := foreign.explain(error):
        if connected_before and foreign.is_name_taken(error):
            return
        cannot_work(why)
