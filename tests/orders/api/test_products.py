"""GET /product: what is on sale, in pages, and nothing of the warehouse's and SAP's."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from orders.assortment import _page, _salt, page
from orders.models import Product
from orders.models.api_key import Scope
from tests.factories import make_order, make_product
from tests.orders.api.customer import problem
from tests.orders.api.test_authentication import key


@pytest.fixture
def mug(db: None) -> Product:
    return make_product(
        sku="MUG", name="Mug", price=Decimal("7.9"), bin_location="A-01-1", sap_material="M-4711", active=True
    )


def get(path: str = "/product", **headers: str) -> Any:
    return Client().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_product_is_shown_with_its_price_and_nothing_of_the_inside(mug: Product) -> None:
    make_product(active=False)
    shown = {"id": mug.pk, "sku": "MUG", "name": "Mug", "price": "7.90", "currency": "EUR"}
    assert get().json() == {"products": [shown], "next": None}
    assert get(f"/product/{mug.pk}").json() == shown


def test_prices_have_the_digits_of_the_shops_currency(mug: Product, settings: Settings) -> None:
    tag = get()["ETag"]
    settings.CURRENCY = "KWD"
    again = get(If_None_Match=tag)
    assert (again.status_code, again.json()["products"][0]["price"]) == (200, "7.900")


def test_pages_follow_each_other_until_all_are_seen(mug: Product) -> None:
    expected = [mug.pk, *(make_product().pk for _ in range(6))]
    make_product(active=False)
    seen: list[int] = []
    address = "http://testserver/product?limit=3"
    pages = 0
    while address:
        answer = get(address.removeprefix("http://testserver"))
        seen += [row["id"] for row in answer.json()["products"]]
        address = answer.json()["next"]
        assert answer.get("Link") == (f'<{address}>; rel="next"' if address else None)
        pages += 1
    assert (seen, pages) == (expected, 3)


def test_an_empty_shop_has_an_empty_page_with_a_tag(db: None) -> None:
    answer = get()
    assert answer.json() == {"products": [], "next": None}
    assert get(If_None_Match=answer["ETag"]).status_code == 304


@pytest.mark.parametrize("pk", ["0", "-1", "x", "1.0", "9" * 30, "99999999999999999999", "٣", "2/"])
def test_what_is_no_product_on_sale_is_a_404(mug: Product, pk: str) -> None:
    problem(get(f"/product/{pk}"), 404)


def test_a_product_that_is_not_sold_any_more_is_a_404(mug: Product) -> None:
    tag = get(f"/product/{mug.pk}")["ETag"]
    Product.objects.update(active=False)
    assert problem(get(f"/product/{mug.pk}", If_None_Match=tag), 404)["type"] == "/problems/no-such-product"


@pytest.mark.parametrize(
    "query",
    [
        "limt=5",
        "limit=5&limit=9",
        "cursor=1",
        "%00=1",
        "limit=0",
        "limit=201",
        "limit=x",
        "after=-1",
        "after=9" + "9" * 30,
        "limit=",
        "after=٣",
    ],
)
def test_a_query_that_can_not_be_is_a_400(mug: Product, query: str) -> None:
    told = problem(get(f"/product?{query}"), 400)
    assert (told["type"], unquote(query.partition("=")[0]).replace("\0", r"\x00") in told["detail"]) == (
        "/problems/bad-request",
        True,
    )


CHANGES = {
    "saved": lambda mug: mug.save(),
    "a price in bulk": lambda mug: Product.objects.update(price=9),
    "written past Django": lambda mug: connection.cursor().execute("UPDATE orders_product SET name = 'Cup'"),
    "off sale": lambda mug: Product.objects.update(active=False),
    "another one": lambda mug: make_product(),
    "gone": lambda mug: mug.delete(),
    "one for another": lambda mug: (mug.delete(), make_product()),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_the_tag_changes(change: str) -> None:
    mug, _ = make_product(), make_product()
    before = get()
    assert get(If_None_Match=before["ETag"]).status_code == 304
    CHANGES[change](mug)
    after = get(If_None_Match=before["ETag"])
    if change == "saved" and connection.vendor == "sqlite":
        return  # Nothing has changed, and SQLite can tell.
    assert (after.status_code, after["ETag"] != before["ETag"]) == (200, True)


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_ends_late_is_seen_when_it_ends() -> None:
    """A column with the time of the change would keep its tag here: the later change was seen before."""
    mug, cup = make_product(), make_product()
    late = connection.copy()
    try:
        with late.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE orders_product SET price = 1 WHERE id = %s", [mug.pk])
            Product.objects.filter(pk=cup.pk).update(price=2)
            between = get()
            cursor.execute("COMMIT")
    finally:
        late.close()
    assert get(If_None_Match=between["ETag"]).json()["products"][0]["price"] == "1.00"


def test_an_order_changes_no_tag(mug: Product) -> None:
    before = get()["ETag"]
    make_order([(mug, 1)])
    assert get(If_None_Match=before).status_code == 304


def test_it_takes_one_statement_and_no_rows_where_nothing_changed(
    mug: Product, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/product", f"/product/{mug.pk}"):
        with django_assert_num_queries(1):
            tag = get(path)["ETag"]
        if connection.vendor == "postgresql":
            monkeypatch.setattr("orders.api.products._shown", None)
        with django_assert_num_queries(1):
            again = get(path, If_None_Match=f'"other", W/{tag}')
        monkeypatch.undo()
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert again["Cache-Control"] == "public, max-age=30"


@pytest.mark.usefixtures("on_postgresql")
def test_postgresql_reads_no_rows_for_who_has_the_version(mug: Product) -> None:
    version = page(after=0, count=9).version
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {_page()}", [_salt(), 0, [version], 9])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "never executed" in plan, plan


@pytest.mark.usefixtures("on_postgresql")
def test_the_tag_tells_nothing_of_how_busy_the_shop_is(mug: Product, settings: Settings) -> None:
    tag = get()["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}-EUR-0\.100"', tag)
    settings.SECRET_KEY = "another"
    assert get()["ETag"] != tag


def test_one_answers_tag_is_no_others(mug: Product) -> None:
    tag = get()["ETag"]
    assert get("/product?limit=1", If_None_Match=tag).status_code == 200
    assert get(f"/product/{mug.pk}", If_None_Match=tag).status_code == 200
    problem(get(f"/product/{mug.pk + 1}", If_None_Match=tag), 404)


def test_if_match_that_does_not_fit_is_a_412(mug: Product) -> None:
    problem(get(If_Match='"x"'), 412)


def test_where_a_key_is_needed_no_cache_on_the_way_keeps_it(mug: Product, settings: Settings) -> None:
    settings.GUEST_ORDERS = False
    assert get(Authorization=key())["Cache-Control"] == "private, max-age=30"


@pytest.mark.parametrize("one", ["", "/1"])
def test_who_needs_a_key_to_order_needs_one_to_see_what_is_on_sale(mug: Product, settings: Settings, one: str) -> None:
    path = f"/product/{mug.pk}" if one else "/product"
    settings.GUEST_ORDERS = False
    for told in (problem(get(path), 401), problem(get(path, If_None_Match="*"), 401)):
        assert "products:read" in told["detail"]
    assert get(path, Authorization=key("front", Scope.PRODUCTS)).status_code == 200
    told = problem(get(path, Authorization=key("front", Scope.WRITE)), 403)
    assert told["detail"] == "This API key lacks the scope products:read."


def test_a_key_that_is_not_valid_is_refused_where_none_is_needed(mug: Product) -> None:
    assert get().status_code == 200
    assert problem(get(Authorization="Bearer desk_1_x"), 401)["type"] == "/problems/not-authenticated"


def test_head_options_and_other_methods(mug: Product) -> None:
    for path in ("/product", f"/product/{mug.pk}"):
        assert (Client().head(path).status_code, Client().head(path).content) == (200, b"")
        assert Client().options(path)["Allow"] == "GET, HEAD, OPTIONS"
        assert problem(Client().post(path), 405)["detail"]
