"""What the broker's queues hold, for staff's pages: kept some seconds, and asked for beside the request.

A page never waits longer than PATIENCE for the broker: it may be away, or take the connection and say nothing.
"""

import threading
import time
from dataclasses import dataclass, field

from django.conf import settings

from orders.messaging import looking, management
from orders.messaging.management import NotTold

KEPT = 10.0  # seconds
PATIENCE = 0.25  # seconds


@dataclass(frozen=True)
class Queue:
    """Messages and consumers; None for what nobody tells. `unacknowledged` needs RabbitMQ's management API."""

    ready: int | None = None
    unacknowledged: int | None = None
    consumers: int | None = None


@dataclass(frozen=True)
class Figures:
    """By the queue's name. `trouble`: why there are none, in a line; empty if they are as told."""

    queues: dict[str, Queue] = field(default_factory=dict)
    trouble: str = ""


class Kept:
    """The last figures. Whoever finds them too old has them asked for; one thread asks at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._figures: Figures | None = None
        self._asked_at = 0.0
        self._told = threading.Event()
        self._told.set()

    def figures(self) -> Figures:
        """Never older than it takes the broker to answer, and KEPT; else they say that it does not answer."""
        told = self._ask_if_old()
        if told.wait(PATIENCE) and self._figures:
            return self._figures
        waited = time.monotonic() - self._asked_at
        if self._figures and waited < KEPT:
            return self._figures
        return Figures(trouble="The broker has not answered yet." if waited < KEPT else "The broker does not answer.")

    def _ask_if_old(self) -> threading.Event:
        with self._lock:
            old = self._figures is None or time.monotonic() - self._asked_at >= KEPT
            if old and self._told.is_set():
                self._told, self._asked_at = threading.Event(), time.monotonic()
                # A daemon: a broker that says nothing must not keep a process from ending.
                threading.Thread(target=self._ask, args=[self._told], daemon=True).start()
            return self._told

    def _ask(self, told: threading.Event) -> None:
        try:
            self._figures = ask()
        except Exception as error:  # Whatever a broker says: the page says that it is not known.
            self._figures = Figures(trouble=f"The broker does not answer: {looking.in_a_line(error)}")
        finally:
            told.set()


def ask() -> Figures:
    """Asks the broker, in bounded time. Raises BrokerAway."""
    with looking.connection() as broker:
        seen = looking.look(broker)
    told = {}
    if settings.BROKER_MANAGEMENT_URL and not settings.BROKER_EMBEDDED:
        try:
            told = management.ask()
        except NotTold:
            told = {}  # The other figures are worth showing without.
    queues = {
        name: Queue(queue.ready, told[name].unacknowledged if name in told else None, queue.consumers)
        for name, queue in seen.items()
        if queue
    }
    return Figures(queues)


_kept = Kept()
figures = _kept.figures
