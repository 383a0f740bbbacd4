"""An order's rows come in one statement on PostgreSQL, and mean the same as through the ORM."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection
from django.forms.models import model_to_dict
from django.utils import timezone
from pytest_django import Settings

from orders import placing_sql, telling
from orders.models import Order, OrderLine, Product, Step
from orders.placing import place_order
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(products: list[Product]) -> Callable[..., tuple[Order, list[OrderLine], list[Step]]]:
    due_at = timezone.now()

    def make(currency: str = "EUR", total: str = "7.50") -> tuple[Order, list[OrderLine], list[Step]]:
        order = Order(customer_name="Jo 'O%s\\", note="ring; twice", currency=currency, total=total)
        lines = [
            OrderLine(order=order, position=n, product=p, sku=p.sku, name=p.name, price=p.price, quantity=n)
            for n, p in enumerate(products[:3], start=1)
        ]
        return order, lines, [Step(order=order, name=name, due_at=due_at) for name in ("sap", "printing")]

    return make


def saved(order: Order) -> list[dict[str, Any]]:
    """All that the database knows of an order, without keys."""
    found = [Order.objects.get(pk=order.pk), *order.lines.all(), *order.steps.all()]
    return [
        {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields
         if field.name not in ("id", "number", "order", "created_at", "updated_at", "idempotency_key")}
        for row in found
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "price", "stored"),
    [("JPY", "1234", "1234.0000"), ("KWD", "1.505", "1.5050"), ("CLF", "0.0001", "0.0001"), ("EUR", "9.99", "9.9900")],
)
@pytest.mark.django_db(transaction=True)
def test_an_amount_is_stored_as_it_is_in_whatever_currency(
    settings: Settings, currency: str, price: str, stored: str
) -> None:
    settings.CURRENCY = currency
    product = make_product(price=Decimal(price))
    for number in range(2):  # The second time the statement is a prepared one.
        order = place_order(customer_name=f"Jo {number}", quantities={product.pk: 1})
        with connection.cursor() as cursor:
            cursor.execute("SELECT total, currency FROM orders_order WHERE id = %s", [order.pk])
            total, kept = cursor.fetchone()
            cursor.execute("SELECT price FROM orders_orderline WHERE order_id = %s", [order.pk])
            [line] = cursor.fetchone()
        assert (f"{total:.4f}", f"{line:.4f}", kept) == (stored, stored, currency)


@pytest.mark.parametrize(
    ("currency", "total", "shown"), [("EUR", "7.50", "7.50"), ("JPY", "7", "7"), ("KWD", "7.505", "7.505")]
)
def test_both_ways_save_the_same(rows: Any, currency: str, total: str, shown: str) -> None:
    by_orm, lines, steps = rows(currency, total)
    placing_sql._insert_by_orm(by_orm, lines, steps)
    at_once, lines, steps = rows(currency, total)
    placing_sql.insert_order(at_once, lines, steps)
    assert saved(at_once) == saved(by_orm)
    assert [str(Order.objects.get(pk=order.pk).amount) for order in (by_orm, at_once)] == [shown, shown]
    assert len(saved(at_once)) == 6
    at_once.refresh_from_db()
    assert (timezone.now() - at_once.created_at).total_seconds() < 60


@pytest.mark.django_db(transaction=True)
def test_an_order_with_an_idempotency_key_is_saved_as_one_without(rows: Any) -> None:
    without, lines, steps = rows()
    placing_sql.insert_order(without, lines, steps, telling.first(without))
    for number in range(2):  # The second time the statement is a prepared one.
        order, lines, steps = rows()
        order.idempotency_key = f"k{number}"
        assert placing_sql.insert_order(order, lines, steps, telling.first(order)) is True
        assert saved(order) == saved(without)
        assert order.events.get().type == "order.received"
    order, lines, steps = rows()
    order.idempotency_key = "k1"
    assert placing_sql.insert_order(order, lines, steps, telling.first(order)) is False
    assert (order.pk, Order.objects.count()) == (None, 3)


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.django_db(transaction=True)
def test_nothing_is_cut_off_or_rounded_for_a_key(rows: Any) -> None:
    for field, value in (("name", "x" * 201), ("sku", "x" * 65)):
        order, lines, steps = rows()
        order.idempotency_key = "k"
        setattr(lines[0], field, value)
        with pytest.raises(DataError):
            placing_sql.insert_order(order, lines, steps)
    assert not Order.objects.exists()


def test_it_is_one_statement_on_postgresql(rows: Any, django_assert_num_queries: Any) -> None:
    order, lines, steps = rows()
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 5):
        placing_sql.insert_order(order, lines, steps)


def test_an_order_that_was_inserted_can_be_changed(rows: Any) -> None:
    order, lines, steps = rows()
    placing_sql.insert_order(order, lines, steps)
    order.note = "ring once"
    order.save()
    assert model_to_dict(Order.objects.get(), ["note"]) == {"note": "ring once"}


@pytest.mark.django_db(transaction=True)
def test_a_constraint_that_is_broken_leaves_nothing(rows: Any) -> None:
    order, lines, steps = rows()
    with pytest.raises(IntegrityError):
        placing_sql.insert_order(order, [*lines, lines[0]], steps)
    assert not Order.objects.exists()
    assert not OrderLine.objects.exists()


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.parametrize(("lines", "kept"), [(9, True), (10, False)])
@pytest.mark.django_db(transaction=True)
def test_an_orders_statement_is_prepared_by_its_lines_however_many_destinations_there_are(
    lines: int, kept: bool
) -> None:
    connection.close()  # A new one has nothing prepared.
    products = [make_product() for _ in range(lines)]
    order = Order(customer_name="Jo", currency="EUR", total="7.50")
    rows = [
        OrderLine(order=order, position=n, product=p, sku=p.sku, name=p.name, price=p.price, quantity=1)
        for n, p in enumerate(products, start=1)
    ]
    steps = [Step(order=order, name=f"step{n}", due_at=timezone.now()) for n in range(13)]
    placing_sql.insert_order(order, rows, steps)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%orders_step%'")
        assert cursor.fetchone() == (int(kept),)
    assert order.steps.count() == 13
