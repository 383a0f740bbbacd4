"""`celery control …`: where the desk's answer differs from Celery's.

Celery answers "ok" before it has looked, makes the queue if there is none, and lets a worker take messages that has no
process left to work on them.
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


@control.control_command(args=[("n", int)], signature="[N=1]")
def pool_grow(state: Any, n: int = 1, **options: Any) -> dict[str, str]:
    """Grow pool by n processes."""
    return _less_than_one(n) or control.pool_grow(state, n)


@control.control_command(args=[("n", int)], signature="[N=1]")
def pool_shrink(state: Any, n: int = 1, **options: Any) -> dict[str, str]:
    """Shrink pool by n processes, to one at least."""
    if wrong := _less_than_one(n):
        return wrong
    now = state.consumer.pool.num_processes
    if not state.consumer.controller.autoscaler and now - n < 1:
        return {"error": f"it has {now}, and {n} less leaves nobody to work: it goes on as it is"}
    return control.pool_shrink(state, n)


@control.control_command(args=[("max", int), ("min", int)], signature="[max [min]]")
def autoscale(state: Any, max: int | None = None, min: int | None = None) -> dict[str, str]:
    """Modify autoscale settings; at least one process stays."""
    scaler = state.consumer.controller.autoscaler
    if scaler:
        most = scaler.max_concurrency if max is None else max
        least = scaler.min_concurrency if min is None else min
        if least < 1:
            return {"error": f"a minimum of {least} leaves nobody to work: it goes on as it is"}
        if most < least:
            return {"error": f"the maximum, {most}, is less than the minimum, {least}: it goes on as it is"}
    return control.autoscale(state, max, min)


def _less_than_one(n: int) -> dict[str, str]:
    return {"error": f"{n} is no number of processes; give at least 1"} if n < 1 else {}


def _unknown(state: Any, queue: str) -> dict[str, str]:
    known = state.app.amqp.queues
    return {} if queue in known else {"error": f"there is no queue {queue!r}; there are: {', '.join(sorted(known))}"}
