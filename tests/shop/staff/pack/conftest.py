"""Orders whose slips are out, with articles that have codes."""

from typing import Any

import pytest
from django.test import Client

from orders.models import Order, Product, ProductCode
from tests.factories import make_order, make_product
from tests.shop.staff.conftest import staff
from tests.shop.staff.pack.tablet import Tablet

COFFEE, TEAPOT, FILTERS, WHISK = "4006381333931", "4006381333948", "MAT-0034", "4006381333955"
BOX = "14006381333945"  # of twelve teapots


def make_products() -> list[Product]:
    coffee = make_product(sku="CO-500", name="Filter coffee, ground, 500 g", bin_location="A-04-2")
    teapot = make_product(sku="TP-12", name="Teapot, cast iron, 1.2 l", bin_location="A-02-1")
    filters = make_product(sku=FILTERS, name="Paper filters, size 2", bin_location="A-05-3")
    whisk = make_product(sku="WH-1", name="Whisk", bin_location="A-02-4")
    codes = [(coffee, COFFEE, 1), (teapot, TEAPOT, 1), (teapot, BOX, 12), (whisk, WHISK, 1)]
    ProductCode.objects.bulk_create(ProductCode(product=one, code=code, pieces=count) for one, code, count in codes)
    return [coffee, teapot, filters, whisk]


def make_packable(lines: list[tuple[Product, int]], **fields: Any) -> Order:
    """Its slip is out; SAP and marketing have it, too."""
    made = make_order(lines, **fields)
    made.steps.update(state="done", reference="4711")
    return made


@pytest.fixture
def products(db: None) -> list[Product]:
    return make_products()


@pytest.fixture
def order(products: list[Product]) -> Order:
    coffee, teapot, filters, _ = products
    return make_packable([(coffee, 1), (teapot, 13), (filters, 2)], customer_name="Emma Smith", note="GIFT, NO INVOICE")


@pytest.fixture
def other(products: list[Product]) -> Order:
    return make_packable([(products[3], 1)], customer_name="Ada Jónsdóttir")


@pytest.fixture
def wim(db: None) -> Client:
    return staff("warehouse")


@pytest.fixture
def tablet(wim: Client) -> Tablet:
    return Tablet(wim)


@pytest.fixture
def sara(wim: Client) -> Client:
    return staff("")


def fill(tablet: Tablet) -> Tablet:
    """All pieces of `order`."""
    for code in (COFFEE, BOX, TEAPOT, FILTERS, FILTERS):
        tablet.scan(code)
    assert "16 of 16 pieces" in tablet.text
    return tablet
