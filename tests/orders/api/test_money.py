"""What a customer's program reads of money: text, with the currency's digits."""

from decimal import Decimal

import pytest
from pytest_django import Settings

from orders.models import Product
from tests.orders.api.customer import Shop


@pytest.mark.parametrize(
    ("currency", "price", "shown", "total"),
    [
        ("EUR", "9.9", "9.90", "29.70"),
        ("JPY", "1200", "1200", "3600"),
        ("KWD", "1.5", "1.500", "4.500"),
        ("KWD", "1.505", "1.505", "4.515"),
        ("CLF", "0.25", "0.2500", "0.7500"),
        ("JPY", "73.90", "73.9", "221.7"),
    ],
)
def test_an_order_shows_its_amounts_in_its_currency(
    shop: Shop, settings: Settings, currency: str, price: str, shown: str, total: str
) -> None:
    settings.CURRENCY = currency
    Product.objects.update(price=Decimal(price))
    placed = shop.post({"customer_name": "Jo", "lines": [{"product_id": 2, "quantity": 3}]})
    order = shop.get(placed.json()["order_num"]).json()
    assert (order["total"], order["currency"], order["lines"][0]["price"]) == (total, currency, shown)


def test_an_order_shows_the_currency_it_was_placed_in(shop: Shop, settings: Settings) -> None:
    number = shop.post({"customer_name": "Jo", "products_ids": [2]}).json()["order_num"]
    settings.CURRENCY = "JPY"
    order = shop.get(number).json()
    assert (order["total"], order["currency"], order["lines"][0]["price"]) == ("9.99", "EUR", "9.99")
