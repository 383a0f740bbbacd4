import pytest
from django.conf import settings

from orders import placing
from orders.models import Product, Step


@pytest.fixture
def steps(products: list[Product]) -> list[Step]:
    """More SAP steps than the circuit breaker needs failures."""
    orders = [
        placing.place_order(customer_name=f"Customer {n}", quantities={products[0].pk: 1})
        for n in range(settings.BREAKER_FAILURES + 2)
    ]
    return [order.steps.get(name="sap") for order in orders]
