"""The Celery app. Operators start it with `celery -A shop worker`."""

import os
from functools import cached_property
from typing import Any

from celery import Celery

from orders.messaging.celery_commands import refuse

refuse()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")


class DeskApp(Celery):
    @cached_property
    def Worker(self) -> Any:
        return self.subclass_with_self("orders.messaging.worker.program:DeskWorker")


app = DeskApp("shop", task_cls="orders.messaging.task:DeskTask")
app.config_from_object("celeryconfig")
# What a worker does beside its tasks and knows orders; all else stands in orders/messaging/worker/consumer.py.
app.steps["consumer"].add("orders.intake.consumer_step:Intake")
