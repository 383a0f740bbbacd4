"""Three tasks an order that do nothing, and the chord's body. Their queues' names are theirs."""

import os
import struct
import time
from collections.abc import Callable
from typing import Any

import psycopg2
import requests
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


# --- The least that keeps the promises: what a desk without any code of its own would still have to do --------------
# A claim and a result, each committed; an update that settles the order if that was all.
CLAIM = """
    UPDATE orders_step SET state = 'running', token = gen_random_uuid(), started_at = now(), attempts = attempts + 1
    WHERE order_id = %s AND name = %s AND state = 'queued' RETURNING id
"""
RESULT = """
    WITH held AS (UPDATE orders_step SET state = 'done', token = NULL, finished_at = now() WHERE id = %s RETURNING id)
    INSERT INTO orders_attempt (step_id, number, started_at, outcome, code, answer)
    SELECT id, 1, now(), 'done', '', '' FROM held
"""
SETTLED = """
    UPDATE orders_order SET status = 'processed', settled_at = now() WHERE id = %s AND status = 'received'
    AND NOT EXISTS (SELECT 1 FROM orders_step WHERE order_id = %s AND state <> 'done')
"""


class Own:
    """What a process of the pool keeps: a connection to the database, and one over HTTP."""

    database: Any = None
    http = requests.Session()


def execute(statement: str, *values: Any) -> Any:
    if Own.database is None:
        Own.database = psycopg2.connect(settings.DATABASE_URL)
        Own.database.autocommit = True
        Own.http.trust_env = False
    cursor = Own.database.cursor()
    cursor.execute(statement, values)
    return cursor


def least(order_id: int, name: str, effect: Callable[[int], object]) -> None:
    (step_id,) = execute(CLAIM, order_id, name).fetchone()
    if settings.RIVALS_HAVE_EFFECTS:
        effect(order_id)
    execute(RESULT, step_id)
    if execute(SETTLED, order_id, order_id).rowcount:
        mark()


def ask_sap(order_id: int) -> None:
    """A look-up and a creation, in requests and bytes what they are; the stand-in refuses them, which costs no more."""
    Own.http.get(settings.SAP_URL + "A_SalesOrder", timeout=10).close()
    Own.http.post(settings.SAP_URL + "A_SalesOrder", data=b"x" * 3000, timeout=10).close()


def tell_marketing(order_id: int) -> None:
    Own.http.post(f"{settings.MARKETING_URL}/v1/batch", data=b"x" * 2000, timeout=10).close()


def spool(order_id: int) -> None:
    """A file of a slip's size, written through."""
    path = settings.VAR_DIR / f"{order_id}.least"
    with path.open("wb") as file:
        file.write(b"x" * 40_000)
        file.flush()
        os.fsync(file.fileno())


@shared_task
def least_sap(order_id: int) -> None:
    least(order_id, "sap", ask_sap)


@shared_task
def least_marketing(order_id: int) -> None:
    least(order_id, "marketing", tell_marketing)


@shared_task
def least_printing(order_id: int) -> None:
    least(order_id, "printing", spool)


LEAST = {least_sap: "rival_sap", least_marketing: "rival_marketing", least_printing: "rival_printing"}


def publish_least(order_id: int) -> None:
    for task, queue in LEAST.items():
        task.apply_async((order_id,), ignore_result=True, queue=queue)


def publish_chord(order_id: int) -> None:
    chord([task.si(order_id) for task in HEADER])(orders.si(order_id))


def publish_plain(order_id: int) -> None:
    for task in HEADER:
        task.apply_async((order_id,), ignore_result=True)
