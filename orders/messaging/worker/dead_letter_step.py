"""Every worker consumes the dead letters, whatever else it listens to."""

from typing import Any

import kombu
from celery import bootsteps
from django.conf import settings

from orders.messaging.queues import dead_letter_queue
from orders.messaging.worker.inbox import Inbox

PREFETCH = 100  # messages; each takes up to a megabyte (orders/messaging/letter.py) until it is saved


class DeadLetters(bootsteps.ConsumerStep):
    """Has every dead letter made a row, and acknowledged then; whatever is in it."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.enabled = not settings.BROKER_EMBEDDED  # The file-system broker has no dead letters of its own.
        self.inbox = Inbox(None, None)
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        self.inbox.close()
        self.inbox = Inbox(consumer.pool, consumer.timer)
        super().start(consumer)

    def get_consumers(self, channel: Any) -> list[kombu.Consumer]:
        channel.basic_qos(0, PREFETCH, False)
        take = self.inbox.take
        return [kombu.Consumer(channel, [dead_letter_queue()], on_message=take, on_decode_error=take, accept=None)]

    def stop(self, consumer: Any) -> None:
        self.inbox.close()
        super().stop(consumer)

    def shutdown(self, consumer: Any) -> None:
        self.inbox.close()
        super().shutdown(consumer)
