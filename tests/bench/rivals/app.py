"""A stock Celery app: durable quorum queues, persistent messages, late acknowledgement, confirms; results in Django."""

from celery import Celery
from django.conf import settings
from kombu import Queue

from tests.bench.ground import RIVAL_QUEUES

app = Celery("rivals")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_transport_options={"confirm_publish": True},
    task_queues=[Queue(name, routing_key=name, queue_arguments={"x-queue-type": "quorum"}) for name in RIVAL_QUEUES],
    task_default_queue="rival_desk",
    task_routes={f"tests.bench.rivals.tasks.{name.removeprefix('rival_')}": {"queue": name} for name in RIVAL_QUEUES},
    imports=["tests.bench.rivals.tasks"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    result_backend="django-db",
)
