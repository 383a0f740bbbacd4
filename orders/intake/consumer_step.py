"""Every worker takes orders in, whatever else it listens to."""

from typing import Any

import kombu
from celery import bootsteps
from django.conf import settings
from kombu.common import ignore_errors

from orders.intake.reception import Reception
from orders.messaging.queues import intake_queue


class Intake(bootsteps.ConsumerStep):
    """Consumes `orders.intake`: half of the worker's processes at most work on its messages."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.enabled = settings.INTAKE
        self.reception = Reception(None, None)
        self.prefetch = 1
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        self.reception.close()
        self.reception = Reception(consumer.pool, consumer.timer)
        self.prefetch = max(1, (consumer.pool.num_processes or 1) // 2)
        super().start(consumer)

    def get_consumers(self, channel: Any) -> list[kombu.Consumer]:
        channel.basic_qos(0, self.prefetch, False)
        take = self.reception.take
        listening = kombu.Consumer(channel, [intake_queue()], on_message=take, on_decode_error=take, accept=None)
        self.reception.consumer = listening
        return [listening]

    def stop(self, consumer: Any) -> None:
        """Takes nothing new. What runs is acknowledged when it ends: the channel is closed with the connection."""
        for listening in self.consumers or ():
            ignore_errors(consumer.connection, listening.cancel)
        if consumer.blueprint.state == bootsteps.CLOSE:  # Not because the connection was lost.
            self.reception.finish()

    def shutdown(self, consumer: Any) -> None:
        self.reception.close()
        super().shutdown(consumer)
