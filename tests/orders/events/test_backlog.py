"""A publisher's look at the events costs the same however many are open, whatever PostgreSQL believes of the table."""

import pytest
from django.db import connection, transaction

from orders.events import publisher
from orders.models import Event
from tests.bench.seed import insert
from tests.factories import make_product

pytestmark = [pytest.mark.usefixtures("on_postgresql"), pytest.mark.django_db]

BACKLOG = """
INSERT INTO orders_event (order_id, seq, type, at, step, state, due_at, refusals)
SELECT id, 2, 'order.packed', now(), '', 'open', now(), 0 FROM orders_order
"""


def plan_of_a_look() -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        looked = publisher._locked(publisher._due()).values_list("pk")[: publisher.BATCH]
        statement, values = looked.query.sql_with_params()
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statement}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_after_a_quiet_hour_a_backlog_is_not_read_once_for_each_event() -> None:
    for id_ in range(1, 54):
        make_product(id=id_)
    insert(2000, state="done")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # Nothing is open.
        cursor.execute(BACKLOG)
    plan = plan_of_a_look()
    assert "Index Scan using event_open on orders_event " in plan
    assert "Index Scan using event_once_per_order on orders_event u0" in plan
    assert "Rows Removed by Filter: 2000" not in plan
    assert "Seq Scan" not in plan
    assert Event.objects.filter(state="open").count() == 2000
