"""dramatiq 2 with RabbitMQ, and a row a step, written by hand: locked while the step runs, done in one transaction."""

import dramatiq
from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from peershop.effects import STEPS, effect
from peershop.models import Step

broker = RabbitmqBroker(url=settings.BROKER_URL, confirm_delivery=True)
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name="peer_steps", max_retries=100, min_backoff=100)
def run(order_id: int, name: str) -> None:
    close_old_connections()
    with transaction.atomic():
        step = Step.objects.select_for_update().get(order_id=order_id, name=name)
        if step.state == "done":
            return
        started_at = timezone.now()
        effect(order_id, name)
        Step.objects.filter(pk=step.pk).update(state="done", started_at=started_at, finished_at=timezone.now())


def enqueue(order_id: int) -> None:
    """The rows in the order's transaction, the messages after it: a kill in between leaves rows without messages."""
    Step.objects.bulk_create(Step(order_id=order_id, name=name) for name in STEPS)
    transaction.on_commit(lambda: [run.send(order_id, name) for name in STEPS])


CLEAR = "TRUNCATE peershop_step"
