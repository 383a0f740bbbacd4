"""Every worker consumes the dead letters, whatever else it listens to."""

import logging
from typing import Any

import kombu
from celery import bootsteps, current_app
from django.conf import settings
from django.db import connection

from orders.messaging import dead_letters
from orders.messaging.queues import dead_letter_queue

log = logging.getLogger(__name__)

SAVE_AGAIN = 5  # seconds
PREFETCH = 10  # messages


class DeadLetters(bootsteps.ConsumerStep):
    """Turns every dead letter into a row, and acknowledges it then; tries again while the database is away."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.enabled = not settings.BROKER_EMBEDDED  # The file-system broker has no dead letters of its own.
        super().__init__(consumer, **options)

    def get_consumers(self, channel: Any) -> list[kombu.Consumer]:
        channel.basic_qos(0, PREFETCH, False)
        return [kombu.Consumer(channel, [dead_letter_queue()], on_message=self.keep, accept=None)]

    def start(self, consumer: Any) -> None:
        self.timer = consumer.timer
        super().start(consumer)

    def keep(self, message: Any) -> None:
        try:
            if not dead_letters.is_stale_tick(message):
                dead_letters.keep(message)
            if dead_letters.was_unroutable(message):
                self.declare_queues(message.channel)
        except Exception:  # The message stays unacknowledged, so nothing is lost.
            log.exception("a dead letter could not be saved; trying again in %d s", SAVE_AGAIN)
            self.timer.call_after(SAVE_AGAIN, self.keep, (message,))
        else:
            message.ack_log_error(log, (ConnectionError, OSError))
        finally:
            connection.close()  # The pool's processes are forked from this one: they must not inherit it.

    @staticmethod
    def declare_queues(channel: Any) -> None:
        """Somebody deleted a queue or its binding: makes them anew, as at the worker's start."""
        for queue in current_app.amqp.queues.values():
            queue(channel).declare()
