"""Every destination gets money with the digits of the order's currency (ISO 4217), whatever the shop's is today."""

import json
from decimal import Decimal

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from integrations.ga4 import payload as ga4
from integrations.matomo import payload as matomo
from integrations.models import Purchase
from integrations.sap.payload import sales_order
from integrations.segment.payload import order_completed
from integrations.statistics.payload import purchase_of
from integrations.webhook.payload import order_placed
from orders.database.rows import insert_new
from orders.models import Order
from tests.factories import make_order, make_product

pytestmark = pytest.mark.django_db


def order_of(currency: str, price: str, pieces: int = 3) -> Order:
    return make_order([(make_product(price=Decimal(price), sap_material="TG11"), pieces)], currency=currency)


@pytest.mark.parametrize(
    ("currency", "price", "shown"),
    [
        ("EUR", "19.9", "19.90"),
        ("JPY", "1200", "1200"),
        ("KWD", "1.5", "1.500"),
        ("CLF", "0.25", "0.2500"),
        ("JPY", "73.90", "73.9"),
    ],
)
def test_sap_gets_the_price_as_text(currency: str, price: str, shown: str) -> None:
    sent = sales_order(order_of(currency, price), settings.SAP)
    [condition] = sent["to_Item"][0]["to_PricingElement"]
    assert (condition["ConditionRateValue"], condition["ConditionCurrency"]) == (shown, currency)
    assert sent["TransactionCurrency"] == currency


@pytest.mark.parametrize(
    ("currency", "price", "shown", "total"),
    [
        ("EUR", "19.9", "19.90", "59.70"),
        ("JPY", "1200", "1200", "3600"),
        ("KWD", "1.5", "1.500", "4.500"),
        ("JPY", "73.90", "73.9", "221.7"),
    ],
)
def test_the_webhook_gets_amounts_as_text(currency: str, price: str, shown: str, total: str) -> None:
    data = json.loads(json.dumps(order_placed(order_of(currency, price))))["data"]
    assert (data["total"], data["currency"], data["lines"][0]["price"]) == (total, currency, shown)


NUMBERS = pytest.mark.parametrize(
    ("currency", "price", "shown", "total"),
    [
        ("EUR", "19.9", "19.9", "59.7"),
        ("JPY", "1200", "1200", "3600"),
        ("KWD", "1.505", "1.505", "4.515"),
        ("JPY", "73.90", "73.9", "221.7"),
    ],
)


@NUMBERS
def test_segment_gets_numbers(currency: str, price: str, shown: str, total: str) -> None:
    sent = order_completed(order_of(currency, price))["properties"]
    assert sent["currency"] == currency
    assert [json.dumps(sent[name]) for name in ("total", "revenue")] == [total, total]
    assert json.dumps(sent["products"][0]["price"]) == shown


@NUMBERS
def test_ga4_gets_numbers(currency: str, price: str, shown: str, total: str) -> None:
    sent = ga4.purchase(order_of(currency, price), timezone.now())["events"][0]["params"]
    assert (sent["currency"], json.dumps(sent["value"]), json.dumps(sent["items"][0]["price"])) == (
        currency,
        total,
        shown,
    )


@NUMBERS
def test_matomo_gets_numbers(currency: str, price: str, shown: str, total: str) -> None:
    sent = matomo.purchase(order_of(currency, price), settings.MATOMO)
    assert (json.dumps(sent["revenue"]), json.dumps(sent["ec_items"][0][3])) == (total, shown)


def test_the_shops_own_figures_have_the_digits_of_each_currency(client: Client) -> None:
    for currency, price in (("EUR", "0.10"), ("EUR", "0.20"), ("JPY", "1200"), ("KWD", "1.5"), ("KWD", "0.005")):
        insert_new(purchase_of(order_of(currency, price, pieces=1)))
    Purchase.objects.filter(currency="JPY").update(revenue=Decimal("1200.00"))  # As all were stored before.
    client.force_login(User.objects.create_superuser("anna"))
    page = client.get("/admin/integrations/purchase/").text
    csv = client.get("/admin/integrations/purchase/?format=csv").text.splitlines()
    days = client.get("/admin/integrations/purchase/?format=json").json()["days"]
    shown = [("EUR", "0.30"), ("JPY", "1200"), ("KWD", "1.505")]
    assert [amount in page for amount in ("0.30 EUR", "1,200 JPY", "1.505 KWD")] == [True] * 3
    assert [(line.split(",")[1], line.split(",")[3]) for line in csv[1:]] == shown
    assert [(day["currency"], day["revenue"]) for day in days] == shown
