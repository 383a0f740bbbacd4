"""Digits after the point, as ISO 4217 says. The values are the standard's, not the code's."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError
from pytest_django import Settings

from orders.models import Order, Product
from orders.money import MINOR_UNITS, exact, needed_digits, number, smallest
from orders.placing import place_order
from tests.factories import make_order, make_product

# As published on 2026-01-01: https://www.six-group.com/dam/download/financial-information/data-center/iso-currrency/lists/list-one.xml
LIST_ONE = {
    0: ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
        "XPF"],
    3: ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
    4: ["CLF", "UYW"],
}  # fmt: skip
CENTS = ["AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HUF", "IDR", "INR", "MGA", "MRU", "NOK", "PLN",
         "RON", "SEK", "TRY", "TWD", "USD", "XCG", "ZAR", "ZWG"]  # fmt: skip
NOT_PAID_IN = ["ABC", "EURO", "eur", "", "BGN", "HRK", "DEM", "XXX", "XTS", "XAU", "XDR"]


@pytest.mark.parametrize("count", LIST_ONE)
def test_the_currencies_without_cents_are_those_of_the_standard(count: int) -> None:
    assert sorted(code for code, digits in MINOR_UNITS.items() if digits == count) == LIST_ONE[count]


def test_all_others_have_cents_and_what_nobody_pays_in_is_no_currency() -> None:
    assert {MINOR_UNITS[code] for code in CENTS} == {2}
    assert not MINOR_UNITS.keys() & set(NOT_PAID_IN)
    assert len(MINOR_UNITS) == 165


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("74.0000", "JPY", "74"),
        ("1200", "JPY", "1200"),
        ("0", "JPY", "0"),
        ("73.9", "EUR", "73.90"),
        ("73.9000", "EUR", "73.90"),
        ("1200", "EUR", "1200.00"),
        ("73.9", "KWD", "73.900"),
        ("1.505", "KWD", "1.505"),
        ("73.9", "CLF", "73.9000"),
        ("0.0001", "UYW", "0.0001"),
        ("73.9", "HRK", "73.90"),
        ("99999999999999999.99", "EUR", "99999999999999999.99"),
    ],
)
def test_an_amount_has_its_currencys_digits(amount: str, currency: str, shown: str) -> None:
    assert str(exact(Decimal(amount), currency)) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"), [("73.90", "JPY", "73.9"), ("1.505", "EUR", "1.505"), ("0.0010", "JPY", "0.001")]
)
def test_an_amount_that_needs_more_digits_stays_the_amount_it_is(amount: str, currency: str, shown: str) -> None:
    assert str(exact(Decimal(amount), currency)) == shown


def test_what_a_sum_in_floating_point_adds_is_not_shown() -> None:
    assert str(exact(Decimal("0.300000000000001"), "EUR")) == "0.30"
    assert str(exact(Decimal("221.999999999999"), "JPY")) == "222"


def test_a_whole_amount_is_a_whole_number_in_json() -> None:
    shown = [exact(Decimal("73.90"), "EUR"), exact(Decimal(74), "JPY"), exact(Decimal("1.505"), "KWD")]
    assert json.dumps([number(amount) for amount in shown]) == "[73.9, 74, 1.505]"


def test_the_smallest_amounts() -> None:
    assert [str(smallest(code)) for code in ("JPY", "EUR", "KWD", "CLF")] == ["1", "0.01", "0.001", "0.0001"]


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_number_is_no_amount(amount: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        needed_digits(Decimal(amount))


@pytest.mark.parametrize(
    ("currency", "price", "said"),
    [
        ("JPY", "73.90", "A price in JPY has no digits after the point."),
        ("EUR", "1.001", "A price in EUR has at most 2 digits after the point."),
        ("KWD", "1.0001", "A price in KWD has at most 3 digits after the point."),
    ],
)
def test_a_price_that_nobody_can_pay_is_refused(
    db: None, settings: Settings, currency: str, price: str, said: str
) -> None:
    product = make_product()
    settings.CURRENCY = currency
    product.price = Decimal(price)
    with pytest.raises(ValidationError) as caught:
        product.full_clean()
    assert caught.value.message_dict == {"price": [said]}


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1e30", "abc", None, "-1", "0.00001"])
def test_a_price_that_is_none_is_refused_in_words(db: None, price: str | None) -> None:
    product = make_product()
    product.price = price
    with pytest.raises(ValidationError, match="price"):
        product.full_clean()


@pytest.mark.parametrize(("currency", "price"), [("JPY", "74"), ("JPY", "74.00"), ("KWD", "1.505"), ("VND", "6e7")])
def test_a_price_that_can_be_paid_is_taken(db: None, settings: Settings, currency: str, price: str) -> None:
    settings.CURRENCY = currency
    make_product(price=Decimal(price)).full_clean()


@pytest.mark.parametrize("price", ["NaN", "Infinity", "12345678901", "0.00001"])
def test_an_amount_that_its_column_does_not_hold_is_not_saved(db: None, price: str) -> None:
    with pytest.raises((DataError, ValidationError), match=r"more digits|must be a decimal number"):
        make_product(price=Decimal(price))


@pytest.mark.parametrize(
    ("currency", "price", "line", "total"),
    [
        ("EUR", "73.90", "73.90", "221.70"),
        ("JPY", "74", "74", "222"),
        ("KWD", "1.505", "1.505", "4.515"),
        ("KWD", "2", "2.000", "6.000"),
        ("CLF", "0.0001", "0.0001", "0.0003"),
        ("JPY", "73.90", "73.9", "221.7"),
    ],
)
def test_an_order_has_the_amounts_of_its_products(
    db: None, settings: Settings, currency: str, price: str, line: str, total: str
) -> None:
    settings.CURRENCY = currency
    product = make_product(price=Decimal(price))
    placed = place_order(customer_name="Jo", quantities={product.pk: 3})
    for order in (placed, Order.objects.get()):
        assert (str(order.amount), order.currency) == (total, currency)
        assert [str(each.amount) for each in order.lines.all()] == [line]
        assert str(Product.objects.get().amount) == line


def test_an_order_keeps_its_currency_when_the_shops_changes(db: None, settings: Settings) -> None:
    order = make_order([(make_product(price=Decimal("73.90")), 2)])
    settings.CURRENCY = "JPY"
    order = Order.objects.get(pk=order.pk)
    assert (str(order.amount), order.currency) == ("147.80", "EUR")
    assert str(order.lines.get().amount) == "73.90"
