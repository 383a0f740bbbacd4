"""The desk's queues, exchanges and bindings, made anew: somebody may have deleted one while the workers ran.

A queue that is deleted ends its consumer, and the worker connects anew. Of a deleted exchange or binding it hears
nothing: orders of other programs would find no way in, and dead letters none out, until some worker's next start. So
one worker does this each minute (settings.PERIODIC_TASKS).
"""

import logging
from typing import Any

from celery import current_app
from django.conf import settings

from orders.messaging.connection import CONFIRM_TIMEOUT, CONNECT_TIMEOUT
from orders.messaging.looking import own_queues
from orders.messaging.queues import EVENTS_EXCHANGE

log = logging.getLogger(__name__)


def declare_all() -> None:
    """As at the worker's start. What is there stays as it is. Raises nothing: whoever comes next tries again."""
    try:
        bounds: dict[str, Any] = {"read_timeout": CONFIRM_TIMEOUT, "write_timeout": CONFIRM_TIMEOUT, "max_retries": 1}
        with current_app.connection_for_write(connect_timeout=CONNECT_TIMEOUT, transport_options=bounds) as broker:
            for queue in own_queues().values():
                queue(broker.default_channel).declare()
            if settings.EVENTS:
                EVENTS_EXCHANGE(broker.default_channel).declare()
    except Exception as error:  # Whatever the broker's client raises.
        log.warning("the queues were not declared anew: %s: %s", type(error).__name__, error)
