"""Messages nobody could work on: kept as rows with the reason, visible to staff, and sendable again."""

import logging
from collections.abc import Sequence
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from orders.database.outage import AWAY
from orders.history import Deed
from orders.messaging import death, declaring
from orders.messaging.admitted_headers import shown
from orders.messaging.connection import own_connection
from orders.messaging.letter import Letter, read, text
from orders.messaging.message import Message
from orders.messaging.task import check_database

log = logging.getLogger(__name__)

MOST_LINES = 5  # of the log, for the letters that came together
MOST_PRUNED = 1000  # rows a round
FIRST_USER = "x-first-user"  # The header that tells who sent a message first. Believed of the desk's own user alone.

# Headers: names of further queues, and a death that its sender made up, which would be refused, or trip the broker.
NOT_AGAIN = ("CC", "BCC", "x-death")


class DeadLetter(models.Model):
    """A message that was undecodable, unknown, over its delivery limit, or returned as unroutable."""

    queue = models.CharField(max_length=255, blank=True, help_text="Where it came from.")
    reason = models.CharField(max_length=500)
    task = models.CharField(max_length=255, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    content_type = models.CharField(max_length=255, blank=True)
    content_encoding = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()
    body_size = models.BigIntegerField(db_default=0, help_text="Of the whole body, in bytes.")
    not_kept = models.CharField(
        max_length=500, blank=True, db_default="", help_text="What is not as it came. Then it can't be sent again."
    )
    properties = models.JSONField(null=True, blank=True, help_text="Of AMQP: message_id, reply_to and the like.")
    problem = models.JSONField(null=True, blank=True, help_text="Why an order was refused (RFC 9457).")
    arrived_at = models.DateTimeField(auto_now_add=True)
    sent_again_at = models.DateTimeField(null=True, blank=True)
    sent_again_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.task or 'message'} from {self.queue or 'unknown queue'}: {self.reason}"


class NotWhole(ValueError):
    """The row is not all of the message, so it can't be sent again: whoever sent it has to."""


def keep(message: Any) -> None:
    """Saves a dead message (a kombu Message) as a row. Raises what the database does when it is away."""
    keep_all([read(message)])


def keep_all(letters: Sequence[Letter]) -> None:
    """Saves them in one transaction. Raises, and keeps none, only if the database takes no row at all."""
    check_database()
    rows = _save([letter for letter in letters if not death.is_stale_tick(letter)])
    for row in rows[:MOST_LINES]:
        log.error("dead letter %s from queue %s: %s", row.pk, shown(row.queue), row.reason)
    if len(rows) > MOST_LINES:
        log.error("… and %d more dead letters, up to %s", len(rows) - MOST_LINES, rows[-1].pk)
    if any(death.was_unroutable(letter) for letter in letters):
        declaring.declare_all()


def _save(letters: Sequence[Letter]) -> list[DeadLetter]:
    try:
        with transaction.atomic():
            return DeadLetter.objects.bulk_create([_row(letter) for letter in letters])
    except Exception as error:  # One of them can't be a row, and must not hold up the others.
        if not _is_the_rows_fault(error):
            raise
    with transaction.atomic():
        return [_save_one(letter) for letter in letters]


def _save_one(letter: Letter) -> DeadLetter:
    try:
        with transaction.atomic():
            row = _row(letter)
            row.save()
    except Exception as error:
        if not _is_the_rows_fault(error):
            raise
        row = _least_row(letter, error)
        row.save()
    return row


def _is_the_rows_fault(error: Exception) -> bool:
    """False if the database is away. Class 54 (a limit of the program) is the row's, though psycopg2 calls it away."""
    return not isinstance(error, AWAY) or str(getattr(error.__cause__, "pgcode", "")).startswith("54")


def _row(letter: Letter) -> DeadLetter:
    return DeadLetter(
        queue=death.queue(letter),
        reason=text(death.reason(letter), 500),
        task=text(letter.headers.get("task"), 255),
        headers=letter.headers,
        content_type=letter.content_type,
        content_encoding=letter.content_encoding,
        body=letter.body,
        body_size=letter.body_size,
        not_kept=", ".join(letter.not_kept)[:500],
        properties=letter.properties or None,
        problem=letter.problem or None,
    )


def _least_row(letter: Letter, error: Exception) -> DeadLetter:
    """What every database can store, whatever the message was."""
    why = ascii(str(error))[1:300]
    return DeadLetter(
        queue=ascii(death.queue(letter))[1:-1][:255],
        reason=f"No row could hold its headers ({type(error).__name__}: {why}).",
        body=letter.body,
        body_size=letter.body_size,
        not_kept="its headers and properties",
    )


def prune() -> int:
    """Deletes the oldest that are older than settings.DEAD_LETTER_AGE, MOST_PRUNED at most; returns how many."""
    old = DeadLetter.objects.filter(arrived_at__lt=timezone.now() - settings.DEAD_LETTER_AGE).order_by("pk")
    deleted, _ = DeadLetter.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:MOST_PRUNED])).delete()
    return deleted


def send_again(letter: DeadLetter, *, by: str) -> None:
    """Publishes the message once more to the queue it came from; the row remembers when and who.

    It is unchanged, except that a header names its first sender, if the broker knew him; the broker takes no `user_id`
    but our own. It goes to no other queue, whatever its headers say. Raises NotWhole, or what the broker's client
    raises; the row is unchanged then.
    """
    if letter.not_kept:
        raise NotWhole(f"Of the message this was not kept as it came: {letter.not_kept}.")
    exchange = letter.queue if letter.queue in current_app.amqp.queues else ""
    options = _properties(letter) | {
        "exchange": exchange,
        "routing_key": letter.queue,
        "headers": _headers(letter) | _sender(letter),
        "content_type": letter.content_type or "application/octet-stream",
        "content_encoding": letter.content_encoding or "binary",
        "delivery_mode": 2,
    }
    own_connection().publish([Message(bytes(letter.body), options)])
    letter.sent_again_at, letter.sent_again_by = timezone.now(), by
    with transaction.atomic():
        letter.save(update_fields=["sent_again_at", "sent_again_by"])
        Deed.remember(Deed.What.SENT_AGAIN, [letter], by=by)


@transaction.atomic
def delete(letters: models.QuerySet[DeadLetter], *, by: str) -> int:
    """Deletes the rows; returns how many. The history keeps where they came from and why they were there."""
    going = list(letters.only("queue", "task", "reason"))
    Deed.remember(Deed.What.DELETED, going, by=by)
    deleted, _ = DeadLetter.objects.filter(pk__in=[letter.pk for letter in going]).delete()
    log.info("%d dead letters deleted by %s", deleted, by)
    return deleted


def own_user() -> str:
    """The user that the desk is at the broker, as SHOP_BROKER_URL says."""
    return str(current_app.connection_for_write().userid or "")


def _properties(letter: DeadLetter) -> dict[str, str]:
    """The broker takes a message with somebody else's user_id from nobody: https://www.rabbitmq.com/docs/validated-user-id"""
    kept = {name: value for name, value in (letter.properties or {}).items() if name != "user_id"}
    return kept | ({"user_id": own_user()} if _sender(letter) else {})


def _headers(letter: DeadLetter) -> dict[str, Any]:
    """Without NOT_AGAIN. Further queues would get it with our rights: https://www.rabbitmq.com/docs/sender-selected."""
    return {name: value for name, value in letter.headers.items() if name not in NOT_AGAIN}


def _sender(letter: DeadLetter) -> dict[str, str]:
    """The header for a message whose sender was validated; empty if there is none, or the desk does not know itself."""
    user = (letter.properties or {}).get("user_id")
    first = letter.headers.get(FIRST_USER) if user == own_user() else None
    return {FIRST_USER: str(first or user)} if user and own_user() else {}
