"""How a worker listens: Celery's consumer with the desk's steps, bulkheads, and dead letters instead of losses."""

import logging
import warnings
from collections.abc import Callable
from typing import Any

from amqp.exceptions import ConsumerCancelled
from celery.exceptions import CPendingDeprecationWarning
from celery.worker import state
from celery.worker.consumer import Consumer as CeleryConsumer
from django.conf import settings

from orders.database import patience
from orders.messaging.admission import refusal
from orders.messaging.admitted_headers import TOO_OLD, shown
from orders.messaging.queues import DESK
from orders.messaging.worker import bulkhead, commands, ended, exits, memory, results, shutdown, wire
from orders.messaging.worker.inbox import Inbox
from orders.messaging.worker.patience import Patience
from orders.messaging.worker.pulse import PULSE, end, tell_of_shutdown

log = logging.getLogger(__name__)

wire.read_anything()
results.read_all()
ended.look_again()

REMOVED = (
    "delayed_delivery",  # It would declare 28 queues for countdowns; the desk has none.
    "consumer.control:Control",  # orders.messaging.worker.remote_control has our own.
)
STEPS = [
    "orders.messaging.worker.remote_control:RemoteControl",
    "orders.messaging.worker.clock:Clock",
    "orders.messaging.worker.presence:Presence",
    "orders.messaging.worker.memory:TidyTimers",
    "orders.messaging.worker.dead_letter_step:DeadLetters",
]


# Each is known to Celery where it is defined; a worker needs all.
SIGNAL_HANDLERS = (memory.freeze_before_fork, shutdown.bound_shutdown, tell_of_shutdown, end)
COMMANDS = (
    commands.add_consumer,
    commands.cancel_consumer,
    commands.pool_grow,
    commands.pool_shrink,
    commands.autoscale,
)


# A statement may take this part of a step's time limit: 20 seconds of 60.
WAITS_A_STEP = 3


class Consumer(CeleryConsumer):
    """Set as `worker_consumer` in celeryconfig.py."""

    class Blueprint(CeleryConsumer.Blueprint):
        default_steps = [
            step for step in CeleryConsumer.Blueprint.default_steps if not any(name in str(step) for name in REMOVED)
        ] + STEPS

    initial_prefetch_count: int
    _refused: Inbox | None = None  # A connection's own.

    def __init__(self, *args: Any, worker_options: dict[str, Any] | None = None, **kwargs: Any) -> None:
        if kwargs["app"].main == "default":
            exits.cannot_work("it was not told which app to run: celery -A shop worker")
        # Before the pool's processes are forked: it holds in all of them.
        patience.install(patience.Each(settings.STEP_TIME_LIMIT.total_seconds() / WAITS_A_STEP))
        # Workers have nothing to tell each other: the rows are the only state. Nor does one tell every two seconds
        # that it lives, for which it would keep a connection of its own, unless it was started with -E.
        quiet = {"without_mingle": True, "without_gossip": True, "without_heartbeat": not kwargs.get("task_events")}
        super().__init__(*args, worker_options={**(worker_options or {}), **quiet}, **kwargs)
        self._patience = Patience(_wait_on)
        PULSE.begin(self.hostname)
        # Every worker sweeps, whatever -Q and -X say: else nobody might.
        queues = self.app.amqp.queues
        queues.select_add(queues[DESK])
        if not settings.BROKER_EMBEDDED:
            processes = self.initial_prefetch_count // max(1, self.prefetch_multiplier)
            self.initial_prefetch_count = bulkhead.share(processes, self._destinations())
            bulkhead.warn(processes, self._destinations())

    @property
    def max_prefetch_count(self) -> int:
        """What Celery asks the broker for when it has connected anew.

        On quorum queues the prefetch count holds per queue. A message stays unacknowledged as long as a process works
        on it, so the prefetch count bounds how many processes one queue can take.
        """
        processes = max(self.pool.num_processes, self.controller.max_concurrency or 0)
        return processes if settings.BROKER_EMBEDDED else bulkhead.share(processes, self._destinations())

    def _update_prefetch_count(self, index: int = 0) -> None:
        """After the pool has grown or shrunk. RabbitMQ hears of it with the next connection."""
        self.initial_prefetch_count = self.max_prefetch_count
        if settings.BROKER_EMBEDDED:
            self._update_qos_eventually(index)

    def _destinations(self) -> int:
        """How many destinations' queues this worker consumes. The desk's own tasks never wait for the outside."""
        return len(self.app.amqp.queues.consume_from.keys() - {DESK})

    def ensure_connected(self, conn: Any) -> Any:
        """While there is no broker the event loop does not turn, but the waiting is a sign of life as well."""
        ensure = conn.ensure_connection
        conn.ensure_connection = lambda *args, **options: ensure(*args, **{**options, "callback": _wait_on})
        return super().ensure_connected(conn)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Celery would connect again at once, as often as the broker closes the connection."""
        exits.end_if_foreign(exc, connected_before=self.restart_count > 0)
        if isinstance(exc, ConsumerCancelled):
            log.warning("RabbitMQ ended a consumer: a queue of the desk's was deleted, or its node went away")
        with warnings.catch_warnings():  # Eight lines each time, about a setting that Celery 6 is to change.
            warnings.simplefilter("ignore", CPendingDeprecationWarning)
            super().on_connection_error_after_connected(exc)
        self._patience.wait()

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        super().on_connection_error_before_connected(exc)
        self._patience.wait()

    def create_task_handler(self, *args: Any, **options: Any) -> Callable[[Any], None]:
        """Celery's handler, for messages that are the desk's own; any other becomes a dead letter.

        So does one that makes Celery's handler raise. (Celery's worker would end; right after its start it would go on
        and keep the message unacknowledged, so that the queue stands still until the broker's consumer timeout.)
        """
        handle = super().create_task_handler(*args, **options)
        if self._refused:
            self._refused.close()
        self._refused = Inbox(self.pool, self.timer, others=True)
        lost = (*self.connection_errors, *self.channel_errors)

        def receive(message: Any) -> None:
            try:
                self._admit(message, handle)
            except lost:  # Celery connects anew.
                raise
            except Exception as error:
                self._tell(message, why := f"it can't be worked on ({type(error).__name__})")
                self._refuse(message, why)

        return receive

    def _admit(self, message: Any, handle: Callable[[Any], None]) -> None:
        why = refusal(message.headers, message.properties, message.content_type, message.content_encoding, message.body)
        if why == TOO_OLD and message.headers["task"] in settings.PERIODIC_TASKS:  # The next tick comes anyway.
            message.ack_log_error(log, self.connection_errors)
        elif why or message.errors:
            self._tell(message, why := why or "it can't be decoded")
            self._refuse(message, why)
        else:  # Both are past or far away: Celery would acknowledge what expires later on, and it would be gone.
            message.headers.update(eta=None, expires=None)
            handle(message)

    def _tell(self, message: Any, why: str) -> None:
        """One line, whatever the message says."""
        log.warning("refused a message with key %s: %s", shown(message.delivery_info.get("routing_key")), why)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """An undecodable message becomes a dead letter. (Celery would acknowledge it, and it would be gone.)"""
        self._refuse(message, "it can't be decoded")

    def on_unknown_message(self, body: Any, message: Any) -> None:
        self._refuse(message, "it is no task")

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        self._refuse(message, "there is no such task")

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        self._refuse(message, "it is no task that Celery understands")

    def _refuse(self, message: Any, why: str) -> None:
        """To the dead letters: by the broker, or straight into a row where the broker can't."""
        if message.acknowledged:
            return
        if self._refused and (settings.BROKER_EMBEDDED or trips_the_broker(message)):
            self._refused.refuse(message, why)
        else:
            message.reject_log_error(log, self.connection_errors)


def _wait_on() -> None:
    """Between two looks for the broker. Raises what ends the worker."""
    PULSE.beat()
    state.maybe_shutdown()


def trips_the_broker(message: Any) -> bool:
    """True if it has, or may have, a header `x-death` that the broker did not write.

    RabbitMQ 3.10 trips over one with another shape, for ever: no dead letter leaves that queue any more, and until the
    broker's restart none leaves any queue. (rabbit_dead_letter:update_x_death_header, in rabbit_fifo_dlx_worker)
    """
    return "x-death" in (message.headers or {}) or "unreadable" in (message.properties or {})
