"""What the broker says about the desk's queues, to whoever looks: how much they hold, and who consumes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from amqp.exceptions import AMQPError, ChannelError, InternalError, NotFound
from celery import current_app
from django.conf import settings
from kombu import Connection, Queue
from kombu.exceptions import OperationalError

from orders.messaging import foreign
from orders.messaging.connection import CONFIRM_TIMEOUT, CONNECT_TIMEOUT
from orders.messaging.queues import DEAD_LETTERS, INTAKE, dead_letter_queue, intake_queue


class BrokerAway(Exception):
    """The broker does not answer, or not to us: its words in a line."""


BROKER_FAILS = InternalError  # at what somebody asked of it: it ends the connection
BROKEN = (AMQPError, OperationalError, OSError, BrokerAway)  # What ends a connection, as far as anybody has seen.


@dataclass(frozen=True)
class Seen:
    """A queue as the broker has it. None: the broker does not say; `trouble`: the queue is not the desk's."""

    type: str
    ready: int | None = None
    consumers: int | None = None
    trouble: str = ""


@contextmanager
def connection(**options: Any) -> Iterator[Connection]:
    """A connection to the broker, bounded in its waits, ended afterwards. Raises BrokerAway for all that goes wrong."""
    bounds: dict[str, Any] = {}
    if not settings.BROKER_EMBEDDED:
        bounds = {"read_timeout": CONFIRM_TIMEOUT, "write_timeout": CONFIRM_TIMEOUT, "confirm_publish": False}
    try:
        made = current_app.connection_for_read(connect_timeout=CONNECT_TIMEOUT, transport_options=bounds, **options)
        with made:
            made.transport_options = {**(made.transport_options or {}), "max_retries": max(0, len(made.alt) - 1)}
            made.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
            yield made
    except BrokerAway:
        raise
    except BROKEN as error:
        raise BrokerAway(in_a_line(error)) from error


def in_a_line(error: BaseException) -> str:
    """Without what may hold a password: kombu's own texts have none."""
    said = getattr(error, "reply_text", "") or getattr(error, "strerror", "") or str(error) or type(error).__name__
    return " ".join(str(said).split())[:300]


def own_queues() -> dict[str, Queue]:
    """All queues of the desk, by name."""
    return {**current_app.amqp.queues, **apart_from_tasks()}


def apart_from_tasks() -> dict[str, Queue]:
    """Those that every worker consumes whatever -Q says."""
    intake = {INTAKE: intake_queue()} if settings.INTAKE else {}
    return {**intake, DEAD_LETTERS: dead_letter_queue()}


def is_desks(queue: str) -> bool:
    """True for the desk's queues, those of steps that are switched off too, and for those of Celery's own commands."""
    own = {*own_queues(), *settings.ORDER_STEPS, INTAKE}
    return queue in own or queue.endswith(foreign.PIDBOX) or queue.startswith("celeryev")


def look(broker: Connection) -> dict[str, Seen | None]:
    """Each queue of the desk by name; None where the broker has none of that name."""
    if settings.BROKER_EMBEDDED:
        channel = broker.default_channel
        return {name: Seen("files", channel._size(name)) for name in current_app.amqp.queues}
    return {name: _look_at(broker, queue) for name, queue in own_queues().items()}


def _look_at(broker: Connection, queue: Queue) -> Seen | None:
    """On a channel of its own, which the broker closes if the queue is another than ours.

    Declaring one that is there changes nothing, and compares its arguments with ours.
    """
    channel, found = broker.channel(), None
    try:
        found = channel.queue_declare(queue.name, passive=True)
        queue(channel).queue_declare()
    except NotFound:
        return None
    except ChannelError as error:
        seen = Seen("other", trouble=foreign.explain(error) or in_a_line(error))
        return replace(seen, ready=found.message_count, consumers=found.consumer_count) if found else seen
    channel.close()
    return Seen("quorum", found.message_count, found.consumer_count)


def workers(broker: Connection, seconds: float) -> dict[str, frozenset[str]]:
    """The queues of each worker of a desk that answers within so many seconds, by its name: ours, or another desk's."""
    answers = current_app.control.inspect(timeout=seconds, connection=broker).active_queues() or {}
    besides = frozenset() if settings.BROKER_EMBEDDED else frozenset(apart_from_tasks())
    return {str(name): besides | _names(queues) for name, queues in answers.items()}


def _names(queues: Any) -> frozenset[str]:
    told = queues if isinstance(queues, list) else []
    return frozenset(str(queue["name"]) for queue in told if isinstance(queue, dict) and "name" in queue)


def login() -> tuple[str, str, str]:
    """User, password and virtual host, as SHOP_BROKER_URL has them."""
    made = current_app.connection_for_read()
    return made.userid or "guest", made.password or "guest", made.virtual_host or "/"
