"""Messages as Celery makes them: made once by Celery, then filled in for each row they are about.

Celery takes some 2 ms to make the chord of one order (docs/performance.md); filling in takes a twentieth of it. Only
the id of the row and the task ids differ from message to message.
"""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import kombu
from celery import current_app

SAMPLE_ID = 2**63 - 1  # What stands in the sample where an id will be: the largest one there can be.
TASK_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# What Celery tells kombu's producer beside the message itself.
_FOR_THE_PRODUCER = {"serializer", "compression", "retry", "retry_policy", "declare", "timeout", "confirm_timeout"}


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
        kept = {name: value for name, value in options.items() if name not in _FOR_THE_PRODUCER}
        content_type, encoding, text = kombu.serialization.dumps(body, serializer="json")
        kept |= {"content_type": content_type, "content_encoding": encoding}
        self.messages.append({"body": text, "options": kept})


class Template:
    """The messages that `publish(producer)` publishes about the id SAMPLE_ID."""

    def __init__(self, publish: Callable[[kombu.Producer], object]) -> None:
        recorder = _Recorder()
        publish(recorder)
        self._text = json.dumps(recorder.messages)
        self._task_ids = set(TASK_ID.findall(self._text))

    def fill_in(self, id_: int) -> list[Message]:
        """The messages about another id, with task ids of their own."""
        text = self._text.replace(str(SAMPLE_ID), str(id_))
        for task_id in self._task_ids:
            text = text.replace(task_id, str(uuid.uuid4()))
        return [Message(**message) for message in json.loads(text)]
