"""Orders as the orders' own tests have them."""

from tests.orders.conftest import again, broker, order, products, step

__all__ = ["again", "broker", "order", "products", "step"]
