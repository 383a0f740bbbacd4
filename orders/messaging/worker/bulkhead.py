"""Bulkheads between destinations: each queue may take a share of a worker's processes, so that one that hangs leaves
the others theirs. See docs/decisions/0003-bulkheads-by-prefetch.md.
"""

import logging
import math

log = logging.getLogger(__name__)


def share(processes: int, destinations: int) -> int:
    """How many of a worker's processes one queue may take: a fair share, rounded up where one is left for each other.

    At least one, also where there are more destinations than processes: then there are no bulkheads, see `warn`.
    """
    if destinations < 2:
        return processes
    return max(1, min(math.ceil(processes / destinations), (processes - 1) // (destinations - 1)))


def warn(processes: int, destinations: int) -> None:
    """Tells operators at the worker's start if there are too few processes to keep one free for each destination."""
    if processes < destinations:
        log.warning(
            "%d processes for %d destinations: as many that hang hold up all others. Give the worker at least %d "
            "(SHOP_WORKER_CONCURRENCY, --concurrency), or start one for some of the queues (-Q).",
            processes,
            destinations,
            destinations,
        )
