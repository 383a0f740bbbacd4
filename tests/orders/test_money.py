"""Digits after the point, as ISO 4217 says."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from orders.models import Order, Product
from orders.money import exact
from tests.factories import make_order, make_product


@pytest.mark.parametrize(
    ("currency", "shown"), [("EUR", "73.90"), ("JPY", "74"), ("KWD", "73.900"), ("CLF", "73.9000"), ("HRK", "73.90")]
)
def test_an_amount_has_its_currencys_digits(db: None, currency: str, shown: str) -> None:
    assert str(exact(Decimal("73.9000"), currency)) == shown
    order = make_order()
    Order.objects.filter(pk=order.pk).update(currency=currency, total=Decimal("73.90"))
    assert str(Order.objects.get(pk=order.pk).total) == shown


@pytest.mark.parametrize(("currency", "price"), [("JPY", "73.90"), ("EUR", "1.001"), ("KWD", "1.0001")])
def test_a_price_with_too_many_digits_is_refused(db: None, settings: object, currency: str, price: str) -> None:
    product: Product = make_product()
    settings.CURRENCY = currency  # type: ignore[attr-defined]
    product.price = Decimal(price)
    with pytest.raises(ValidationError, match=f"A price in {currency} has at most"):
        product.full_clean()
