"""Messages nobody could work on: kept as rows with the reason, visible to staff, and sendable again."""

import json
import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models
from django.utils import timezone

from orders.messaging.connection import own_connection
from orders.messaging.message import Message

log = logging.getLogger(__name__)


class DeadLetter(models.Model):
    """A message that was undecodable, unknown, over its delivery limit, or returned as unroutable."""

    queue = models.CharField(max_length=255, blank=True, help_text="Where it came from.")
    reason = models.CharField(max_length=500)
    task = models.CharField(max_length=255, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    content_type = models.CharField(max_length=255, blank=True)
    content_encoding = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()
    arrived_at = models.DateTimeField(auto_now_add=True)
    sent_again_at = models.DateTimeField(null=True, blank=True)
    sent_again_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.task or 'message'} from {self.queue or 'unknown queue'}: {self.reason}"


REASONS = {
    "rejected": "The worker refused it: {why}.",
    "delivery_limit": "It came back from its workers too often; each of them died or lost its connection.",
    "expired": "It was too old.",
    "maxlen": "The queue was full.",
}


def keep(message: Any) -> DeadLetter:
    """Saves a message from the dead letters' queue (a kombu Message) as a row.

    The broker says where it died in the header `x-death`: https://www.rabbitmq.com/docs/dlx#effects. A message
    without that header was returned by its exchange, which found no queue for it.
    """
    headers = dict(message.headers or {})
    death = (headers.pop("x-death", None) or [{}])[0]
    info = message.delivery_info
    reason = REASONS.get(death.get("reason", ""), "The broker gave it up.").format(why=_why(message, headers))
    if was_unroutable(message):
        reason = f"No queue takes messages of exchange {info.get('exchange')!r} with key {info.get('routing_key')!r}."
    letter = DeadLetter.objects.create(
        queue=death.get("queue") or info.get("routing_key") or "",
        reason=reason[:500],
        task=str(headers.get("task", ""))[:255],
        headers=json.loads(json.dumps(headers, default=str).replace("\\u0000", "")),
        content_type=message.content_type or "",
        content_encoding=message.content_encoding or "",
        body=_bytes(message.body),
    )
    log.error("dead letter %s from queue %r: %s", letter.pk, letter.queue, letter.reason)
    return letter


def is_stale_tick(message: Any) -> bool:
    """True for a periodic task that expired while all workers were busy: nothing anybody could miss."""
    death = (message.headers or {}).get("x-death") or [{}]
    return bool(message.headers.get("task") in settings.PERIODIC_TASKS and death[0].get("reason") == "expired")


def was_unroutable(message: Any) -> bool:
    """True for a message its exchange found no queue for: it did not die in a queue."""
    return "x-death" not in (message.headers or {})


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


def _why(message: Any, headers: dict[str, Any]) -> str:
    """Why a worker refuses a message, found the way a worker does."""
    task = headers.get("task")
    if not task:
        return "it names no task"
    if task not in current_app.tasks:
        return f"there is no task {task!r}"
    try:
        json.loads(_bytes(message.body))
    except ValueError:
        return "its body is no JSON"
    if message.content_type != "application/json":
        return f"its content type is {message.content_type!r}"
    return "its arguments are not ids"


def send_again(letter: DeadLetter, *, by: str) -> None:
    """Publishes the message once more, unchanged, to the queue it came from; the row remembers when and who.

    Raises what the broker client raises when it can't be published; the row is unchanged then.
    """
    exchange = letter.queue if letter.queue in current_app.amqp.queues else ""
    options = {
        "exchange": exchange,
        "routing_key": letter.queue,
        "headers": letter.headers,
        "content_type": letter.content_type or "application/octet-stream",
        "content_encoding": letter.content_encoding or "binary",
        "delivery_mode": 2,
    }
    own_connection().publish([Message(bytes(letter.body), options)])
    letter.sent_again_at, letter.sent_again_by = timezone.now(), by
    letter.save(update_fields=["sent_again_at", "sent_again_by"])
