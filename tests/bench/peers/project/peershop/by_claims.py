"""dramatiq 2 with RabbitMQ, and a row a step as the desk has it: claimed for the time of a lease before the work, done
after it, each in a transaction of its own. None is open during the work."""

import uuid
from datetime import timedelta

import dramatiq
from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from peershop.effects import STEPS, effect
from peershop.models import Step

LEASE = timedelta(seconds=10)

broker = RabbitmqBroker(url=settings.BROKER_URL, confirm_delivery=True)
dramatiq.set_broker(broker)


class Claimed(Exception):
    """Another worker has the step, or had it: its message comes again."""


@dramatiq.actor(queue_name="peer_claims", max_retries=100, min_backoff=100)
def run(order_id: int, name: str) -> None:
    close_old_connections()
    step, token, now = Step.objects.filter(order_id=order_id, name=name), uuid.uuid4(), timezone.now()
    free = step.filter(Q(state="queued") | Q(state="running", due_at__lt=now))
    if not free.update(state="running", token=token, started_at=now, due_at=now + LEASE):
        if step.filter(state="running").exists():
            raise Claimed
        return
    effect(order_id, name)
    step.filter(token=token).update(state="done", token=None, finished_at=timezone.now())


def enqueue(order_id: int) -> None:
    """The rows in the order's transaction, the messages after it: a kill in between leaves rows without messages."""
    Step.objects.bulk_create(Step(order_id=order_id, name=name) for name in STEPS)
    transaction.on_commit(lambda: [run.send(order_id, name) for name in STEPS])


CLEAR = "TRUNCATE peershop_step"
