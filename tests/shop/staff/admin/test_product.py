"""Products: put on sale and taken off."""

import re
import unicodedata
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from orders.models import Product
from tests.factories import make_product
from tests.shop.staff.conftest import act, staff


def test_products_are_put_on_and_taken_off_sale(db: None) -> None:
    products = [make_product() for _ in range(3)]
    sales = staff("sales")
    act(sales, "orders/product", "retire", *products[:2])
    assert Product.objects.filter(active=False).count() == 2
    act(sales, "orders/product", "activate", products[0])
    assert Product.objects.filter(active=False).count() == 1
    assert products[1].sku in sales.get("/admin/orders/product/", {"active__exact": "0"}).text


@pytest.mark.parametrize(
    ("currency", "price", "shown", "step"),
    [("EUR", "9.9", "9.90", "0.01"), ("JPY", "1200", "1200", "1"), ("KWD", "1.5", "1.500", "0.001")],
)
@pytest.mark.parametrize("role", ["sales", "warehouse"])
def test_a_price_has_the_digits_of_the_shops_currency(
    db: None, settings: Settings, role: str, currency: str, price: str, shown: str, step: str
) -> None:
    settings.CURRENCY = currency
    product = make_product(price=Decimal(price))
    client = staff(role)
    assert f'<td class="field-amount">{shown}</td>' in client.get("/admin/orders/product/").text
    page = client.get(f"/admin/orders/product/{product.pk}/change/").text
    if role == "sales":
        assert re.search(rf'<input type="number" name="price" value="{shown}" step="{step}"', page)
    else:
        assert f'<div class="readonly">{shown}</div>' in page


@pytest.mark.parametrize(
    ("currency", "price", "saved"),
    [("JPY", "73.90", ""), ("JPY", "74", "74"), ("KWD", "1.505", "1.505"), ("KWD", "1.5055", ""), ("EUR", "1.505", "")],
)
def test_a_price_that_the_currency_can_have_is_saved(
    db: None, settings: Settings, currency: str, price: str, saved: str
) -> None:
    settings.CURRENCY = currency
    form = {"sku": "MUG", "name": "Mug", "price": price, "active": "on"}
    page = staff("sales").post("/admin/orders/product/add/", form, follow=True)
    assert [str(product.amount) for product in Product.objects.all()] == ([saved] if saved else [])
    assert (f"A price in {currency} has" in page.text) is not bool(saved)


def test_a_price_from_before_is_shown_as_it_is_stored_found_and_not_saved_again(db: None, settings: Settings) -> None:
    old, new = make_product(price=Decimal("73.90")), make_product(price=Decimal(74))
    settings.CURRENCY = "JPY"
    sales = staff("sales")
    page = sales.get("/admin/orders/product/", {"missing": "price"}).text
    assert old.sku in page
    assert new.sku not in page
    assert "a price that JPY can have" in page
    url = f"/admin/orders/product/{old.pk}/change/"
    assert re.search(r'name="price" value="73.9" step="1"', sales.get(url).text)
    answer = sales.post(url, {"sku": old.sku, "name": "Renamed", "price": "73.9", "active": "on"})
    assert "A price in JPY has no digits after the point." in answer.text
    old.refresh_from_db()
    assert str(old.amount) == "73.9"
    assert old.name != "Renamed"


def test_a_product_is_entered_in_one_form_and_can_not_be_entered_twice_in_two(db: None) -> None:
    sales = staff("sales")
    typed = {"sku": "TÉ", "name": "Thé à la crème", "price": "1", "bin_location": "É-1", "sap_material": "É1"}
    apart = {name: unicodedata.normalize("NFD", text) for name, text in typed.items()} | {"active": "on"}
    assert sales.post("/admin/orders/product/add/", apart).status_code == 302
    product = Product.objects.get()
    assert {name: getattr(product, name) for name in typed if name != "price"} | {"price": "1"} == typed
    assert "already exists" in sales.post("/admin/orders/product/add/", apart).text
    assert "already exists" in sales.post("/admin/orders/product/add/", typed).text


def test_a_program_that_saves_a_product_saves_it_in_one_form_too(db: None) -> None:
    product = make_product(name=unicodedata.normalize("NFD", "Thé"))
    assert Product.objects.get().name == product.name == "Thé"


def test_what_was_not_loaded_is_left_alone(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_product(name="Thé")
    product = Product.objects.only("active").get()
    product.active = False
    with django_assert_num_queries(1):
        product.save(update_fields=["active"])
    assert Product.objects.get().name == "Thé"
