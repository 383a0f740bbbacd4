"""Orders without customers: rows put straight into the database, as many as a bench needs."""

from django.conf import settings
from django.db import connection

from tests.bench.ground import IDLE, Ground

ORDERS = """
INSERT INTO orders_order (number, customer_name, note, status, currency, total, created_at, settled_at, fingerprint,
                          client, updated_at)
SELECT to_char(n, 'fm0000"-"0000"-"0000'), 'Customer ' || n %% 9973, '', %(status)s, 'EUR', 30,
       now() - (%(count)s - n) * interval '1 minute', CASE %(status)s WHEN 'received' THEN NULL ELSE now() END, '',
       %(client)s, now() - (%(count)s - n) * interval '1 minute'
FROM generate_series(%(first)s, %(first)s + %(count)s - 1) n
RETURNING id
"""
LINES = """
INSERT INTO orders_orderline (order_id, position, product_id, sku, name, price, quantity)
SELECT o.id, n, n + o.id %% 50, 'SKU-' || n, 'Product ' || n, 10, 1
FROM orders_order o, generate_series(1, %(lines)s) n WHERE o.id >= %(first_id)s
"""
ALL_STEPS = """
INSERT INTO orders_step (order_id, name, state, due_at, attempts, failures, started_at, finished_at, reference, reason,
                         next_action, warning)
SELECT o.id, s.name, %(state)s, now() + %(due_in)s * interval '1 second', 0, 0, NULL,
       CASE %(state)s WHEN 'done' THEN now() END, '', '', '', ''
FROM orders_order o, (VALUES ('sap'), ('marketing'), ('printing')) s(name) WHERE o.id >= %(first_id)s
"""

# As the desk would have told of them: each order was received, and of those that are done all is published.
RECEIVED = """
WITH told AS (UPDATE orders_order SET last_seq = 1 WHERE id >= %(first_id)s RETURNING id, created_at)
INSERT INTO orders_event (order_id, seq, type, at, step, state, due_at, refusals)
SELECT id, 1, 'order.received', created_at, '', CASE %(state)s WHEN 'done' THEN 'published' ELSE 'open' END, now(), 0
FROM told ORDER BY id
"""


def insert(count: int, *, state: str = "queued", due_in: float = 3600, lines: int = 3, client: str = "") -> list[int]:
    """So many orders of some lines, with their steps in one state; returns their ids."""
    status = "processed" if state == "done" else "received"
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM orders_order")
        (first,) = cursor.fetchone()
        cursor.execute(ORDERS, {"count": count, "first": first, "status": status, "client": client})
        ids = [order_id for (order_id,) in cursor.fetchall()]
        if not ids:
            return []
        some = {"first_id": ids[0], "state": state, "due_in": due_in, "lines": lines}
        cursor.execute(LINES, some)
        cursor.execute(ALL_STEPS, some)
        if settings.EVENTS:
            cursor.execute(RECEIVED, some)
    return ids


def place(ground: Ground, count: int, *, settings: str = IDLE, lines: int = 3, **more: str) -> None:
    """So many orders with their messages in the queues, and nobody to work on them yet."""
    ground.manage("shell", "-v0", "-c", PLACE.format(count=count, lines=lines), settings=settings, **more)


PLACE = """
import shop.celery
from orders.outbox.publisher import publish_orders
from tests.bench.seed import insert
publish_orders(insert({count}, lines={lines}))
"""
