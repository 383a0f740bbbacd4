"""The Celery app. Operators start it with `celery -A shop worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
app = Celery("shop", task_cls="orders.messaging.task:DeskTask")
app.config_from_object("celeryconfig")
