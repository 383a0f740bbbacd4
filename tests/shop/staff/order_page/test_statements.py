"""An order's page asks the database as often for twenty steps, lines and slips as for one."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.database.clock import from_now
from orders.models import Order, Step
from printing.models import Printer, PrintJob
from tests.factories import make_order, make_product


def asked(client: Client, order: Order) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/admin/orders/order/{order.pk}/change/").status_code == 200
    return len(seen)


def test_it_asks_as_often_for_many_rows_as_for_few(boss: Client, printer: Printer) -> None:
    few, many = make_order(), make_order([(make_product(), 2) for _ in range(9)])
    Step.objects.bulk_create(Step(order=many, name=f"more{number}", due_at=from_now()) for number in range(9))
    for order, copies in ((few, 1), (many, 7)):
        for copy in range(1, copies + 1):
            PrintJob.objects.create(order=order, printer=printer, copy=copy, state="unknown")
    asked(boss, few)
    assert asked(boss, many) == asked(boss, few) <= 19
