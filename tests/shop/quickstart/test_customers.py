"""The orders of a first look are made of what is on sale, whatever staff did to the catalogue."""

import pytest

from orders.management.commands.demo_catalogue import add_products
from orders.models import Product
from orders.wanted import read_wanted
from shop.operations.traffic.people import PEOPLE
from shop.quickstart.customers import TUTORIAL, WISHES, order_of
from shop.quickstart.processes import StartFailed
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def ordered(order: dict[str, object]) -> set[int]:
    lines = order.get("lines", [])
    assert isinstance(lines, list)
    listed = order.get("products_ids", [])
    assert isinstance(listed, list)
    return {*listed, *(line["product_id"] for line in lines)}


def test_from_a_fresh_catalogue_the_tutorials_order_is_the_one_in_the_readme() -> None:
    add_products()
    assert order_of(TUTORIAL) == {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}
    assert order_of(WISHES[2])["lines"] == [
        {"product_id": 5, "quantity": 1},
        {"product_id": 8, "quantity": 3},
    ]
    assert order_of(WISHES[3])["note"] == "Подарок"


@pytest.mark.parametrize("name", PEOPLE)
def test_whoever_orders_lives_somewhere_that_an_order_can_say(name: str) -> None:
    wanted = read_wanted({"customer_name": name, **PEOPLE[name], "products_ids": [1]})
    assert wanted.shipping.has_address
    assert wanted.email.endswith("@example.com")


def test_every_order_of_a_first_look_but_the_tutorials_has_an_address() -> None:
    add_products()
    assert [wish.customer_name for wish in WISHES if "shipping" not in order_of(wish)] == ["Helgi Möller"]


def test_what_was_taken_off_sale_or_deleted_is_left_out() -> None:
    add_products()
    Product.objects.filter(pk=2).update(active=False)
    Product.objects.filter(pk=4).delete()
    assert order_of(TUTORIAL)["products_ids"] == [42]


def test_products_are_found_by_their_sku_and_not_by_a_number() -> None:
    make_product(sku="OTHER")  # It took an id before the demo's products came.
    add_products()
    skus = Product.objects.filter(pk__in=order_of(TUTORIAL)["products_ids"]).values_list("sku", flat=True)
    assert set(skus) == {"CUP-ENAMEL-B", "POT-TEA-12", Product.objects.order_by("pk")[42].sku}


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.customer_name)
def test_a_shop_with_other_products_gets_orders_of_those(wish: object) -> None:
    make_product(sku="OFF", active=False)
    product = make_product(sku="OWN")
    assert isinstance(wish, type(TUTORIAL))
    assert ordered(order_of(wish)) == {product.pk}


def test_a_shop_that_sells_nothing_says_what_to_do() -> None:
    make_product(sku="OFF", active=False)
    with pytest.raises(StartFailed, match=r"No product is on sale\. Tick “active” at one in the admin"):
        order_of(TUTORIAL)
