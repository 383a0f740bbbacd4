"""An order is found by what names exactly one, each by an index."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from orders.database.clock import from_now
from orders.models import Order, Step
from shop.staff.admin import selection
from shop.staff.admin.by_code import orders_by_code
from tests.factories import make_order


def found(client: Client, text: str) -> list[str]:
    page = client.get("/admin/orders/order/", {"q": text})
    return [order.number for order in page.context["cl"].result_list]


@pytest.fixture
def ours(db: None) -> Order:
    order = make_order(reference="WEB-2026-771", customer_name="Web Möller")
    Step.objects.filter(order=order, name="sap").update(state="done", reference="0000123987")
    Step.objects.filter(order=order, name="marketing").update(state="done", reference="evt-5")
    make_order(reference="WEB-2026-7719", customer_name="WEB-2026-771")
    return order


@pytest.mark.parametrize("text", ["WEB-2026-771", " web-2026-771 ", "0000123987"])
def test_a_reference_and_saps_number_find_their_order_alone(boss: Client, ours: Order, text: str) -> None:
    assert found(boss, text) == [ours.number]


def test_what_other_destinations_call_a_step_is_no_code_of_an_order(ours: Order) -> None:
    assert orders_by_code("evt-5") == []
    assert orders_by_code("") == orders_by_code("   ") == []


def test_a_part_of_a_reference_or_a_name_finds_all_that_have_it(boss: Client, ours: Order) -> None:
    assert len(found(boss, "2026-77")) == 2
    assert found(boss, "möller")[-1] == ours.number


def test_a_part_is_looked_for_once_and_found_rows_are_bounded(
    boss: Client, ours: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST_ROWS", 1)
    assert len(found(boss, "2026-77")) == 1


@pytest.fixture
def many(on_postgresql: None, db: None) -> None:
    """So many that a plan matters, and PostgreSQL knows it."""
    now = from_now()
    orders = Order.objects.bulk_create(
        Order(
            customer_name="Ida",
            currency="EUR",
            total=1,
            created_at=now,
            updated_at=now,
            status="shipped",
            reference=own,
        )
        for own in [f"R-{n}" if n % 5 else "" for n in range(500)]
    )
    Step.objects.bulk_create(
        Step(order=order, name=name, due_at=now, reference=f"{name}-{order.reference}")
        for order in orders
        for name in ("sap", "marketing", "printing")
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, orders_step")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Order.objects.filter(reference__in=["A", "B"]).exclude(reference="").order_by(), "order_reference"),
        (
            lambda: Step.objects.filter(name="sap", reference__in=["A", "B"]).exclude(reference="").order_by(),
            "step_sap_reference",
        ),
        (lambda: Order.objects.filter(status="packed").order_by("pk").values("pk")[:1000], "order_to_ship"),
    ],
)
def test_the_index_is_used_however_many_orders_there_are(rows: Any, index: str) -> None:
    assert index in rows().explain()
