"""Whoever searches for a name finds it, however its accents were typed, then and now."""

import unicodedata
from collections.abc import Callable

import pytest
from django.db import DEFAULT_DB_ALIAS
from django.db.utils import ConnectionHandler

from orders.models import Order, Product
from shop.staff.admin.any_form import forms
from tests.factories import make_order, make_product
from tests.shop.staff.conftest import staff

pytestmark = pytest.mark.django_db


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def tone_apart(text: str) -> str:
    """As a Vietnamese keyboard writes: the circumflex in the letter, the tone after it."""
    return composed(text).replace("ễ", "ê\u0303").replace("ớ", "ơ\u0301")


FORMS = pytest.mark.parametrize("typed", [composed, decomposed, tone_apart])
STORED = pytest.mark.parametrize("stored", [composed, decomposed, tone_apart])
NAME = "Zoë Nguyễn"


@STORED
@FORMS
@pytest.mark.parametrize("part", [NAME, "Zoë", "nguyễn", "uyễ", "ngu zoë"])
def test_an_order_is_found_by_its_customer(
    stored: Callable[[str], str], typed: Callable[[str], str], part: str
) -> None:
    order, other = make_order(), make_order(customer_name="Zoé Nguyen")
    Order.objects.filter(pk=order.pk).update(customer_name=stored(NAME))  # A row from before.
    page = staff("sales").get("/admin/orders/order/", {"q": typed(part)}).text
    assert order.number in page
    assert other.number not in page


def test_a_name_with_one_word_in_each_form_is_found() -> None:
    order = make_order()
    Order.objects.filter(pk=order.pk).update(customer_name=f"{composed('Zoë')} {decomposed('Brontë')}")
    sales = staff("sales")
    for typed in (composed, decomposed):
        assert order.number in sales.get("/admin/orders/order/", {"q": typed("Zoë Brontë")}).text


@STORED
@FORMS
def test_a_product_is_found_by_each_of_its_texts(stored: Callable[[str], str], typed: Callable[[str], str]) -> None:
    product = make_product(sku="X-1")
    Product.objects.filter(pk=product.pk).update(name=stored("Phễu"), bin_location=stored("Ễ-1"))
    sales = staff("sales")
    for part in ("Phễu", "Ễ-1", "X-1", str(product.pk)):
        page = sales.get("/admin/orders/product/", {"q": typed(part)}).text
        assert f"/admin/orders/product/{product.pk}/change/" in page


@STORED
@FORMS
def test_sqlite_finds_it_too(stored: Callable[[str], str], typed: Callable[[str], str]) -> None:
    sqlite = ConnectionHandler({DEFAULT_DB_ALIAS: {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
    connection = sqlite[DEFAULT_DB_ALIAS]
    wanted = Order.objects.filter(customer_name__in_any_form=typed("zoë nguyễn")).order_by().values("customer_name")
    sql, params = wanted.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE orders_order (customer_name text)")
        cursor.executemany("INSERT INTO orders_order VALUES (%s)", [[stored(NAME)], ["Zoé Nguyen"]])
        assert cursor.execute(sql, params).fetchall() == [(stored(NAME),)]
    connection.close()


@pytest.mark.parametrize(
    ("text", "count"), [("Mug", 1), ("Zoë", 2), ("ễ", 3), ("Phước", 3), ("ệ", 3), ("ﬁ", 1), ("김", 2), ("100%_", 1)]
)
def test_a_text_without_accents_is_looked_for_once(text: str, count: int) -> None:
    assert len(forms(text)) == count
