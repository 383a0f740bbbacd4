"""`celery control …`: where the desk's answer differs from Celery's.

Celery answers "ok" before it has looked, and makes the queue if there is none.
"""

from typing import Any

from celery.worker import control

from orders.messaging.queues import DESK


@control.control_command(args=[("queue", str)], signature="<queue>")
def add_consumer(state: Any, queue: str, **options: Any) -> dict[str, str]:
    """Tell worker(s) to consume one of the desk's queues."""
    return _unknown(state, queue) or control.add_consumer(state, queue)


@control.control_command(args=[("queue", str)], signature="<queue>")
def cancel_consumer(state: Any, queue: str, **options: Any) -> dict[str, str]:
    """Tell worker(s) to stop consuming one of the desk's queues."""
    if queue == DESK:
        return {"error": f"every worker consumes {DESK}, else nobody might sweep: it goes on"}
    return _unknown(state, queue) or control.cancel_consumer(state, queue)


def _unknown(state: Any, queue: str) -> dict[str, str]:
    known = state.app.amqp.queues
    return {} if queue in known else {"error": f"there is no queue {queue!r}; there are: {', '.join(sorted(known))}"}
