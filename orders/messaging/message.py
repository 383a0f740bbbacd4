"""What the desk publishes: Celery's own messages, made by Celery once and then filled in for each order.

Celery takes some 2 ms to make the chord of one order (docs/performance.md); filling in takes a twentieth of it. Only
the order's id and the task ids differ from order to order.
"""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import kombu
from celery import current_app, group, signature
from celery.canvas import Signature
from django.conf import settings

SETTLE = "orders.tasks.settle_order"
SAMPLE = 2**63 - 1  # The id in the samples: the last one there can be.
TASK_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# What Celery tells kombu beside the message itself.
_ORDERS_TO_KOMBU = {"serializer", "compression", "retry", "retry_policy", "declare", "timeout", "confirm_timeout"}


@dataclass(frozen=True)
class Message:
    """`options` are what `kombu.Producer.publish` takes: exchange, routing key, headers, properties."""

    body: str | bytes
    options: dict[str, Any]


class _Recorder(kombu.Producer):
    """Keeps what Celery wants published."""

    def __init__(self) -> None:
        super().__init__(current_app.connection_for_write(), auto_declare=False)
        self.messages: list[dict[str, Any]] = []

    def publish(self, body: Any, *args: Any, **options: Any) -> None:
        kept = {name: value for name, value in options.items() if name not in _ORDERS_TO_KOMBU}
        content_type, encoding, text = kombu.serialization.dumps(body, serializer="json")
        kept |= {"content_type": content_type, "content_encoding": encoding}
        self.messages.append({"body": text, "options": kept})


class Template:
    """The messages that `publish(producer)` publishes for the order SAMPLE."""

    def __init__(self, publish: Callable[[kombu.Producer], object]) -> None:
        recorder = _Recorder()
        publish(recorder)
        self._text = json.dumps(recorder.messages)
        self._task_ids = set(TASK_ID.findall(self._text))

    def fill_in(self, order_id: int) -> list[Message]:
        """The messages for an order, with task ids of their own."""
        text = self._text.replace(str(SAMPLE), str(order_id))
        for task_id in self._task_ids:
            text = text.replace(task_id, str(uuid.uuid4()))
        return [Message(**message) for message in json.loads(text)]


def _settle() -> Signature:
    return signature(SETTLE, args=(SAMPLE,), app=current_app, immutable=True)


def _step(name: str) -> Signature:
    return signature(settings.STEP_TASKS[name], args=(SAMPLE,), app=current_app, immutable=True)


@lru_cache
def order_template(names: tuple[str, ...]) -> Template:
    """The order's chord: a message per step; its body, `settle_order`, is told in each of them."""
    return Template(lambda producer: _publish_chord([_step(name) for name in names], _settle(), producer))


def _publish_chord(steps: list[Signature], body: Signature, producer: kombu.Producer) -> None:
    """What `chord(steps, body).apply_async()` does. (Celery 5.7's own takes a producer and forgets it.)"""
    header, group_id = group(steps, app=current_app), str(uuid.uuid4())
    body.freeze(str(uuid.uuid4()), group_id=group_id)
    header.freeze(group_id, chord=body)
    header.apply_async(task_id=group_id, producer=producer)


@lru_cache
def step_template(name: str) -> Template:
    """A single step again; it settles the order as one of the chord would."""
    return Template(lambda producer: _step(name).apply_async(chord=_settle(), producer=producer))
