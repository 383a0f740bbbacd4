"""The workers that told of themselves: is each still there, and is every queue served?"""

from datetime import timedelta

from django.conf import settings

from orders.database import clock
from orders.messaging.queues import DESK
from orders.models import Worker
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings

NAME = "workers"
SILENT = timedelta(seconds=30)  # It tells every few seconds.
GONE = timedelta(hours=1)  # Nobody expects it back.
SET_BACK = "the database's clock was set back"


def check(until: float) -> Findings:
    now = clock.now()
    rows = [worker for worker in Worker.objects.all() if now - worker.seen_at < GONE]
    alive = [worker for worker in rows if abs(now - worker.seen_at) < SILENT]
    if not alive:
        yield Finding(NAME, BROKEN, "No worker has told of itself lately.", "Is `celery -A shop worker` running?")
    for worker in rows:
        if worker not in alive:
            ago = (now - worker.seen_at).total_seconds()
            said = (
                f"{worker.name} was seen {ago:.0f} s ago." if ago > 0 else f"{worker.name} was seen before {SET_BACK}."
            )
            yield Finding(NAME, WARNING, said, "Was it stopped? Else look into its log.")
    if alive:
        yield from _served(alive)


def _served(alive: list[Worker]) -> Findings:
    served = {queue for worker in alive for queue in worker.queues}
    names = ", ".join(worker.name for worker in alive[:8]) + (" …" if len(alive) > 8 else "")
    yield Finding(NAME, OK, f"{len(alive)} alive, {sum(worker.processes for worker in alive)} processes: {names}.")
    if missing := sorted({*settings.STEP_QUEUES.values(), DESK} - served):
        yield Finding(NAME, BROKEN, f"Nobody serves {', '.join(missing)}.", "Start a worker with these queues (-Q).")
