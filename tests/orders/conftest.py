from collections.abc import Callable
from decimal import Decimal

import pytest

from orders.models import Order, Product, Step
from orders.outbox import relay
from tests.factories import make_order, make_product
from tests.orders.api.customer import Shop


@pytest.fixture
def products(db: None) -> list[Product]:
    return [
        make_product(sku=f"SKU-{n}", name=f"Product {n}", price=Decimal(f"{n}.50"), bin_location=f"A-{n:02}")
        for n in range(1, 6)
    ]


@pytest.fixture
def order(products: list[Product]) -> Order:
    return make_order([(products[0], 1), (products[1], 2)])


@pytest.fixture
def step(order: Order) -> Step:
    return order.steps.get(name="sap")


@pytest.fixture
def again(order: Order) -> Callable[[], Step]:
    """The order's SAP step as the database has it now."""
    return lambda: order.steps.get(name="sap")


class Broker:
    """What was published, and how much the queues hold."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, str]] = []
        self.ready = 0
        self.consumed = True


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    fake = Broker()
    monkeypatch.setattr(relay, "publish_steps", lambda name, ids: fake.steps.extend((id_, name) for id_ in ids))
    monkeypatch.setattr(relay, "look_at", lambda queue: (fake.ready, fake.consumed))
    return fake


@pytest.fixture
def catalogue(db: None) -> list[Product]:
    """Ids 2, 4 and 42 as in the tutorial; 5 is not sold any more."""
    return [
        make_product(id=id_, sku=f"SKU-{id_}", name=f"Thing {id_}", price=Decimal("9.99"), active=id_ != 5)
        for id_ in (2, 4, 5, 42)
    ]


@pytest.fixture
def dispatched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of orders that were handed to the publisher. (No test of the API needs a broker.)"""
    ids: list[int] = []
    monkeypatch.setattr("orders.api.views.dispatch", ids.append)
    return ids


@pytest.fixture
def shop(catalogue: list[Product], dispatched: list[int]) -> Shop:
    return Shop()
