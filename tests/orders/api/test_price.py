"""What the customer was told an order costs is what it costs, or it is not placed."""

import json
from decimal import Decimal
from typing import Any

import pytest

from orders.models import Order, Product
from tests.factories import make_product
from tests.orders.api.customer import A_KEY, NAMED, Shop
from tests.orders.api.test_fields import codes

BODY = NAMED | {"products_ids": [2, 4, 2]}  # 9.99 each


def changed(response: Any) -> dict[str, Any]:
    """The problem of an order whose price is another today."""
    assert response.status_code == 409, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert not Order.objects.exists()
    body: dict[str, Any] = response.json()
    assert (body["type"], body["status"]) == ("/problems/price-changed", 409)
    return body


@pytest.mark.parametrize("total", ["29.97", "29.970", 29.97, "29.9700"])
@pytest.mark.parametrize("currency", ["EUR", "eur", None])
def test_a_total_that_is_ours_is_taken_however_it_is_written(shop: Shop, total: Any, currency: str | None) -> None:
    told = {"total": total} | ({"currency": currency} if currency else {})
    assert shop.post(BODY | told).status_code == 201


@pytest.mark.parametrize(
    "told",
    [
        {"total": "29.96"}, {"total": 29.96}, {"total": 30}, {"total": "29.9701"}, {"total": 0},
        {"currency": "USD"}, {"total": "29.97", "currency": "USD"}, {"total": "1", "currency": "EUR"},
        {"total": "999999999999999999"},
    ],
)  # fmt: skip
def test_another_price_is_refused_with_today_s_lines(shop: Shop, dispatched: list[int], told: dict[str, Any]) -> None:
    body = changed(shop.post(BODY | told, Idempotency_Key=A_KEY))
    assert (body["total"], body["currency"]) == ("29.97", "EUR")
    assert body["lines"] == [
        {"product_id": 2, "sku": "SKU-2", "name": "Thing 2", "quantity": 2, "price": "9.99"},
        {"product_id": 4, "sku": "SKU-4", "name": "Thing 4", "quantity": 1, "price": "9.99"},
    ]
    assert dispatched == []
    assert (
        shop.post(BODY | {"total": body["total"], "currency": body["currency"]}, Idempotency_Key=A_KEY).status_code
        == 201
    )


def test_a_total_that_no_float_can_hold_is_compared_to_the_digit(shop: Shop) -> None:
    make_product(id=7, price=Decimal("9999999999.99"))
    lines = {"lines": [{"product_id": 7, "quantity": 9999}]}
    body = json.dumps(NAMED | lines)[:-1]
    assert changed(shop.post(f'{body}, "total": 99989999999900.02}}'.encode()))["total"] == "99989999999900.01"
    assert shop.post(f'{body}, "total": 99989999999900.01}}'.encode()).status_code == 201


@pytest.mark.parametrize(
    ("total", "code"),
    [
        (None, "null"), (True, "wrong_type"), ([], "wrong_type"), ({}, "wrong_type"), ("", "not_an_amount"),
        ("12,34", "not_an_amount"), ("1e3", "not_an_amount"), ("-1", "not_an_amount"), (" 1", "not_an_amount"),
        ("EUR 1", "not_an_amount"), ("NaN", "not_an_amount"), ("1.", "not_an_amount"), (".5", "not_an_amount"),
        ("١", "not_an_amount"), ("1.00001", "not_an_amount"), ("9" * 19, "not_an_amount"), ("1\n", "not_an_amount"),
        (-0.01, "out_of_range"), (10**18, "out_of_range"), (1e300, "out_of_range"), (10**4000, "out_of_range"),
    ],
)  # fmt: skip
def test_a_total_that_is_no_amount_is_refused(shop: Shop, total: Any, code: str) -> None:
    assert codes(shop.post(BODY | {"total": total})) == {"#/total": code}


@pytest.mark.parametrize(
    ("currency", "code"),
    [(None, "null"), (978, "wrong_type"), ("", "blank"), ("€", "unknown_currency"), ("EURO", "unknown_currency"),
     ("XXX", "unknown_currency"), ("ﬀR", "unknown_currency")],
)  # fmt: skip
def test_a_currency_that_is_none_is_refused(shop: Shop, currency: Any, code: str) -> None:
    assert codes(shop.post(BODY | {"currency": currency})) == {"#/currency": code}


@pytest.mark.parametrize(
    ("currency", "price", "total"), [("JPY", "7", "7"), ("KWD", "7.125", "7.125"), ("CLF", "1.0001", "1.0001")]
)
def test_a_total_has_its_currency_s_digits(shop: Shop, settings: Any, currency: str, price: str, total: str) -> None:
    settings.CURRENCY = currency
    make_product(id=7, price=Decimal(price))
    body = NAMED | {"products_ids": [7]}
    assert changed(shop.post(body | {"total": "1"}))["total"] == total
    assert shop.post(body | {"total": total, "currency": currency}).status_code == 201


def test_a_repeat_gets_the_first_answer_though_the_price_has_changed_since(shop: Shop) -> None:
    body = BODY | {"total": "29.97", "currency": "EUR"}
    first = shop.post(body, Idempotency_Key=A_KEY)
    Product.objects.update(price=Decimal(1))
    again = shop.post(body, Idempotency_Key=A_KEY)
    assert (again.status_code, again.json()) == (201, first.json())


def test_many_lines_of_today_fit_into_an_answer_of_16_kb(shop: Shop) -> None:
    products = [make_product(id=1000 + n, sku=f"{'S' * 60}{n}", name="長" * 200) for n in range(200)]
    response = shop.post(NAMED | {"products_ids": [product.pk for product in products], "total": 1})
    assert [line["product_id"] for line in changed(response)["lines"]] == [product.pk for product in products]
    assert len(response.content) < 16_000
