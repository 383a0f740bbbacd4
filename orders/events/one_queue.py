"""Puts events into one queue, for a program that comes late: see `manage.py events`."""

from collections.abc import Sequence

from orders.events.exchange import message_to
from orders.messaging.connection import NotConfirmed, Refused, own_connection
from orders.models import Event


class NotTaken(Exception):
    """The queue did not take the events; the text says why, in one sentence."""


def publish_to(queue: str, events: Sequence[Event]) -> None:
    """Returns when the broker has them all. Raises NotTaken."""
    try:
        own_connection().publish([message_to(queue, event) for event in events])
    except Refused:
        raise NotTaken(f"The queue {queue} is full.") from None
    except NotConfirmed as error:
        raise NotTaken(f"There is no queue {queue}, or the broker does not answer ({error}).") from None
    except Exception as error:
        said = " ".join(str(error).split())
        raise NotTaken(f"The broker took nothing for the queue {queue}: {type(error).__name__}: {said}.") from None
