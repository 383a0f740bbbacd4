"""What the workers' clock does for operators."""

import logging
import time

from celery import shared_task
from django.conf import settings

from shop.operations.retention.kinds import KINDS

log = logging.getLogger(__name__)


@shared_task(name="shop.operations.tasks.prune")
def prune() -> None:
    """Deletes what was kept long enough. A round ends in time, and the next one goes on."""
    until = time.monotonic() + settings.STEP_TIME_LIMIT.total_seconds() / 2
    for kind in KINDS:
        deleted = 0
        for some in kind.prune():
            deleted += some
            if time.monotonic() > until:
                break
        if deleted:
            log.info("%d %s deleted", deleted, kind.name)
