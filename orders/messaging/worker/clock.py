"""The worker's clock: it publishes the periodic tasks, so that operators start no `celery beat`."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from celery import current_app
from django.conf import settings

from orders.messaging.worker.repeated import Repeated

log = logging.getLogger(__name__)


class Clock(Repeated):
    """Publishes each task of settings.PERIODIC_TASKS at its interval.

    Any number of workers may tick: the tasks themselves see to it that nothing is done twice.
    """

    def calls(self, timer: Any) -> Iterator[tuple[float, Callable[..., None], tuple[Any, ...]]]:
        for task, interval in settings.PERIODIC_TASKS.items():
            seconds = interval.total_seconds()
            yield seconds, self.tick, (task, seconds)

    def tick(self, task: str, seconds: float) -> None:
        """One message, which expires when the next are due, so that none pile up."""
        try:
            current_app.send_task(task, expires=seconds * 3, retry=False, ignore_result=True)
        except Exception as error:
            log.warning("clock: no tick for %s: %s: %s", task, type(error).__name__, error)
