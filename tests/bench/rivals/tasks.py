"""Three tasks an order that do nothing, and the chord's body. Their queues' names are theirs."""

import os
import struct
import time

from celery import chord, shared_task
from django.conf import settings
from django.utils import timezone

from orders.models import Order

_marks: list[int] = []


def mark() -> None:
    """Appends the time to the marks: a whole write of eight bytes is never torn."""
    if not _marks:
        _marks.append(os.open(settings.RIVAL_MARKS, os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    os.write(_marks[0], struct.pack("d", time.time()))


@shared_task
def sap(order_id: int) -> None:
    mark()


@shared_task
def marketing(order_id: int) -> None:
    mark()


@shared_task
def printing(order_id: int) -> None:
    mark()


@shared_task
def orders(order_id: int) -> None:
    Order.objects.filter(pk=order_id).update(status="processed", settled_at=timezone.now())
    mark()


HEADER = (sap, marketing, printing)


def publish_chord(order_id: int) -> None:
    chord([task.si(order_id) for task in HEADER])(orders.si(order_id))


def publish_plain(order_id: int) -> None:
    for task in HEADER:
        task.apply_async((order_id,), ignore_result=True)
