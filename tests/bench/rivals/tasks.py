"""Three tasks an order that do nothing, and the chord's body. Their queues' names are theirs."""

import os
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

import psycopg2
import requests
from celery import chord, shared_task
from django.conf import settings
from django.utils import timezone

from orders.models import Order
from tests.bench.effects.slips import timed_render, warm_up
from tests.bench.marks import mark

__all__ = ["warm_up"]


def done() -> None:
    """Leaves a mark that a task has run."""
    mark(settings.RIVAL_MARKS, time.time())


@shared_task
def sap(order_id: int) -> None:
    done()


@shared_task
def marketing(order_id: int) -> None:
    done()


@shared_task
def printing(order_id: int) -> None:
    done()


@shared_task
def orders(order_id: int) -> None:
    Order.objects.filter(pk=order_id).update(status="processed", settled_at=timezone.now())
    done()


HEADER = (sap, marketing, printing)


# --- The least that keeps the promises: what a desk without any code of its own would still have to do --------------
# A claim and a result, each committed; with the result the order is settled if that was all. With effects more: what is
# sent has to be read, the purchase is counted with its result, and of the slip it is on record that it is being sent
# before it is, and that it was after. Statements are prepared once a connection, as the desk's own.
CLAIM = """
    UPDATE orders_step SET state = 'running', token = gen_random_uuid(), started_at = now(), attempts = attempts + 1
    WHERE order_id = %s AND name = %s AND state = 'queued' RETURNING id
"""
LOCK = "SELECT 1 FROM orders_order WHERE id = %s FOR NO KEY UPDATE"
RESULT = """
    WITH step AS (UPDATE orders_step SET state = 'done', token = NULL, finished_at = now() WHERE id = %s RETURNING id),
    attempt AS (
        INSERT INTO orders_attempt (step_id, number, started_at, outcome, code, answer)
        SELECT id, 1, now(), 'done', '', '' FROM step)
"""
COUNTED = """, counted AS (
    INSERT INTO integrations_purchase (order_id, day, customer, revenue, currency, pieces)
    VALUES (%s, current_date, 'somebody', 30, 'EUR', 10) ON CONFLICT DO NOTHING)
"""
SETTLED = """
    UPDATE orders_order SET status = 'processed', settled_at = now() WHERE id = %s AND status = 'received'
    AND NOT EXISTS (SELECT 1 FROM orders_step WHERE order_id = %s AND id <> %s AND state <> 'done')
"""
LINES = """
    SELECT l.*, p.* FROM orders_orderline l JOIN orders_product p ON p.id = l.product_id
    WHERE l.order_id = %s ORDER BY l.position
"""
PRINTERS = "SELECT * FROM printing_printer"
SENDING = """
    INSERT INTO printing_printjob
        (order_id, revision, copy, printer_id, state, job_id, reason, requested_by, created_at, sent_at, answered_by)
    VALUES (%s, 1, 1, %s, 'sending', '', '', '', now(), now(), '') ON CONFLICT DO NOTHING RETURNING id
"""
ACCEPTED = "UPDATE printing_printjob SET state = 'accepted', job_id = 'x', accepted_at = now() WHERE id = %s"


class Own:
    """What a process of the pool keeps: a connection to the database, and one over HTTP."""

    database: Any = None
    prepared: ClassVar[dict[str, str]] = {}
    http = requests.Session()


def execute(statement: str, *values: Any, first: str = "") -> Any:
    if Own.database is None:
        Own.database = psycopg2.connect(settings.DATABASE_URL)
        Own.database.autocommit = True
        Own.http.trust_env = False
    cursor = Own.database.cursor()
    cursor.execute("; ".join(prepared(cursor, each) for each in (first, statement) if each), values)
    return cursor


def prepared(cursor: Any, statement: str) -> str:
    """What executes the statement."""
    head, *rest = statement.split("%s")
    if statement not in Own.prepared:
        Own.prepared[statement] = name = f"least_{len(Own.prepared)}"
        cursor.execute(f"PREPARE {name} AS {head}" + "".join(f"${n}{piece}" for n, piece in enumerate(rest, start=1)))
    return f"EXECUTE {Own.prepared[statement]}" + (f" ({', '.join(['%s'] * len(rest))})" if rest else "")


def least(order_id: int, name: str, effect: Callable[[int], object], also: str = "") -> None:
    (step_id,) = execute(CLAIM, order_id, name).fetchone()
    counted = (order_id,) if also and settings.RIVALS_HAVE_EFFECTS else ()
    if settings.RIVALS_HAVE_EFFECTS:
        execute(LINES, order_id).fetchall()
        effect(order_id)
    result = RESULT + (also if counted else "") + SETTLED
    if execute(result, order_id, step_id, *counted, order_id, order_id, step_id, first=LOCK).rowcount:
        done()


def ask_sap(order_id: int) -> None:
    """A look-up and a creation, in requests and bytes what they are; the stand-in refuses them, which costs no more."""
    Own.http.get(settings.SAP.service + "A_SalesOrder", timeout=10).close()
    Own.http.post(settings.SAP.service + "A_SalesOrder", data=b"x" * 3000, timeout=10).close()


def tell_marketing(order_id: int) -> None:
    Own.http.post(f"{settings.MARKETING.url}/v1/batch", data=b"x" * 2000, timeout=10).close()


@lru_cache
def any_order() -> Order:
    """One order's slip takes as long as another's."""
    return Order.objects.prefetch_related("lines__product").order_by("id")[0]


def spool(order_id: int) -> None:
    """A slip, written through before it gets its name, and its name too."""
    printers = execute(PRINTERS).fetchall()
    (job_id,) = execute(SENDING, order_id, printers[0][0]).fetchone()
    draft, path = settings.VAR_DIR / f"{order_id}.draft", settings.VAR_DIR / f"{order_id}.least"
    with draft.open("wb") as file:
        file.write(timed_render(any_order()).content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(settings.VAR_DIR, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    execute(ACCEPTED, job_id)


@shared_task
def least_sap(order_id: int) -> None:
    least(order_id, "sap", ask_sap)


@shared_task
def least_marketing(order_id: int) -> None:
    least(order_id, "marketing", tell_marketing, COUNTED)


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
