"""What the database itself refuses, whoever writes."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from orders.models import Attempt, Order, OrderLine, Product, Step
from tests.factories import make_order, make_product


@pytest.fixture
def order(db: None) -> Order:
    return make_order([], customer_name="Jo", total=1, steps=())


@pytest.fixture
def product(db: None) -> Product:
    return make_product(sku="A", name="Thing", price=1)


def refused(write: Any, *args: Any, **values: Any) -> str:
    """The database's words. The transaction is rolled back to before."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write(*args, **values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"price": -1}, "product_price_not_negative"),
        ({"sku": ""}, "product_has_sku_and_name"),
        ({"name": ""}, "product_has_sku_and_name"),
        ({"sku": "A"}, "sku"),
    ],
)
def test_a_product_has_a_price_a_name_and_a_sku_of_its_own(
    product: Product, values: dict[str, Any], constraint: str
) -> None:
    assert constraint in refused(Product.objects.create, **{"sku": "B", "name": "Thing", "price": 1} | values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"customer_name": ""}, "order_has_customer"),
        ({"total": -1}, "order_total_not_negative"),
        ({"status": "lost", "settled_at": timezone.now()}, "order_status_known"),
        ({"status": "processed"}, "order_processed_is_settled"),
    ],
)
def test_an_order_can_not_be_what_it_can_not_be(order: Order, values: dict[str, Any], constraint: str) -> None:
    assert constraint in refused(Order.objects.filter(pk=order.pk).update, **values)


def test_order_numbers_and_idempotency_keys_are_unique_and_many_orders_have_no_key(order: Order) -> None:
    values = {"customer_name": "Jo", "currency": "EUR", "total": 1}
    assert "number" in refused(Order.objects.create, number=order.number, **values)
    Order.objects.create(idempotency_key="k", **values)
    assert "idempotency_key" in refused(Order.objects.create, idempotency_key="k", **values)
    Order.objects.create(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"quantity": 0}, "line_quantity_positive"),
        ({"price": -1}, "line_price_not_negative"),
    ],
)
def test_a_line_has_at_least_one_piece_and_no_negative_price(
    order: Order, product: Product, values: dict[str, Any], constraint: str
) -> None:
    line = {"order": order, "product": product, "position": 1, "sku": "A", "name": "Thing", "price": 1, "quantity": 1}
    assert constraint in refused(OrderLine.objects.create, **line | values)


def test_a_product_is_in_an_order_once_and_a_position_too(order: Order, product: Product) -> None:
    other = make_product(sku="B", name="Other", price=1)
    line = {"sku": "A", "name": "Thing", "price": 1, "quantity": 1, "order": order}
    OrderLine.objects.create(product=product, position=1, **line)
    assert refused(OrderLine.objects.create, product=other, position=1, **line)
    assert refused(OrderLine.objects.create, product=product, position=2, **line)


def test_a_product_that_was_ordered_can_not_be_deleted(order: Order, product: Product) -> None:
    OrderLine.objects.create(order=order, product=product, position=1, sku="A", name="T", price=1, quantity=1)
    with pytest.raises(ProtectedError):
        product.delete()


def test_an_order_has_each_step_once(order: Order) -> None:
    Step.objects.create(order=order, name="sap", due_at=timezone.now())
    assert refused(Step.objects.create, order=order, name="sap", due_at=timezone.now())


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "lost"}, "step_state_known"),
        ({"state": "running"}, "step_token_while_running"),
        ({"token": uuid.uuid4()}, "step_token_while_running"),
        ({"state": "done", "token": uuid.uuid4()}, "step_token_while_running"),
    ],
)
def test_a_step_has_a_token_exactly_while_it_runs(order: Order, values: dict[str, Any], constraint: str) -> None:
    step = Step.objects.create(order=order, name="sap", due_at=timezone.now())
    assert constraint in refused(Step.objects.filter(pk=step.pk).update, **values)
    Step.objects.filter(pk=step.pk).update(state="running", token=uuid.uuid4())


def test_an_attempt_is_recorded_once(order: Order) -> None:
    step = Step.objects.create(order=order, name="sap", due_at=timezone.now())
    attempt = {"step": step, "number": 1, "started_at": timezone.now(), "outcome": "done"}
    Attempt.objects.create(**attempt)
    assert refused(Attempt.objects.create, **attempt)
