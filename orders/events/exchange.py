"""The exchange that other programs follow orders by, and an event as a message on it."""

import json
from functools import lru_cache
from typing import Any

from celery import current_app

from orders.events.cloudevent import CONTENT_TYPE, cloudevent
from orders.messaging.connection import CONFIRM_TIMEOUT, CONNECT_TIMEOUT
from orders.messaging.message import Message
from orders.messaging.queues import EVENTS, EVENTS_EXCHANGE
from orders.models import Event


@lru_cache
def declare() -> None:
    """Makes the exchange, once a process: who wants to follow can bind a queue before anything has happened.

    Raises what the broker's client raises; the next call tries again then.
    """
    bounds = {"read_timeout": CONFIRM_TIMEOUT, "write_timeout": CONFIRM_TIMEOUT, "max_retries": 1}
    with current_app.connection_for_write(connect_timeout=CONNECT_TIMEOUT, transport_options=bounds) as broker:
        EVENTS_EXCHANGE(broker.default_channel).declare()


def message(event: Event) -> Message:
    """For whoever listens: the routing key is the event's type. A connection's first declares the exchange."""
    to: dict[str, Any] = {
        "exchange": EVENTS,
        "routing_key": event.type,
        "declare": [EVENTS_EXCHANGE],
        "mandatory": False,
    }
    return Message(_body(event), to | _properties(event))


def message_to(queue: str, event: Event) -> Message:
    """The same for one queue alone."""
    return Message(_body(event), {"exchange": "", "routing_key": queue} | _properties(event))


def _body(event: Event) -> bytes:
    return json.dumps(cloudevent(event), ensure_ascii=False).encode()


def _properties(event: Event) -> dict[str, Any]:
    return {
        "content_type": CONTENT_TYPE,
        "content_encoding": "utf-8",
        "delivery_mode": 2,
        "message_id": str(event),
        "type": event.type,
        "timestamp": int(event.at.timestamp()),
    }
