"""The desk's own step `printing`, with a note of the processor time that drawing a slip takes."""

import time
from typing import Any

from celery import shared_task
from django.conf import settings

from orders.steps import run_step
from printing import STEP, jobs
from printing.documents.slip import Slip, render
from printing.warm import warm_up
from tests.bench.marks import mark

__all__ = ["print_slip", "timed_render", "warm_up"]


def timed_render(*args: Any, **options: Any) -> Slip:
    before = time.process_time()
    slip = render(*args, **options)
    mark(settings.DRAWN, time.process_time() - before)
    return slip


@shared_task
def print_slip(order_id: int) -> bool:
    jobs.render = timed_render
    return run_step(order_id, STEP, jobs.print_slip)
