"""A task that always kills its worker; only the worker of one fault loads it."""

import os
import signal

from celery import shared_task

from orders.messaging.task import DeskTask


@shared_task(base=DeskTask)  # Any other task's messages are refused.
def die(order_id: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
