"""The demo catalogue: what a first look orders from."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

from orders.management.commands.demo_catalogue import add_products
from orders.models import Product
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def test_the_tutorials_products_exist_in_an_empty_catalogue() -> None:
    assert add_products() >= 50
    assert Product.objects.filter(pk__in=[2, 4, 42], active=True).count() == 3


def test_every_product_has_a_bin_and_a_material() -> None:
    add_products()
    assert not Product.objects.filter(bin_location="").exists()
    assert not Product.objects.filter(sap_material="").exists()


@pytest.mark.parametrize(
    ("currency", "mug", "teapot"),
    [("EUR", "9.90", "64.00"), ("JPY", "990", "6400"), ("KWD", "9.900", "64.000"), ("CLF", "9.9000", "64.0000")],
)
def test_prices_are_such_as_the_currency_can_have(settings: Settings, currency: str, mug: str, teapot: str) -> None:
    settings.CURRENCY = currency
    add_products()
    for product in Product.objects.all():
        product.full_clean()
    prices = {product.sku: str(product.amount) for product in Product.objects.all()}
    assert (prices["CUP-ENAMEL-W"], prices["POT-TEA-12"]) == (mug, teapot)


def test_products_can_be_added_after_it() -> None:
    add_products()
    assert make_product(sku="NEW").pk == Product.objects.count()


def test_a_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    add_products()
    Product.objects.filter(pk=2).update(price=1, active=False)
    call_command("demo_catalogue")
    assert "0 products added, 60 in the catalogue" in capsys.readouterr().out
    assert not Product.objects.get(pk=2).active


def test_a_catalogue_that_is_in_use_keeps_its_ids() -> None:
    mine = make_product(pk=4, sku="MINE", name="Mine", price=1)
    add_products()
    mine.refresh_from_db()
    assert (mine.sku, Product.objects.count()) == ("MINE", 61)
