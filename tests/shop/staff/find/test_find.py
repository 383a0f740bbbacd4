"""One field finds what a scanner or a person types: one hit opens, several are listed, none says so."""

import re
import time
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import Literal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.live_server_helper import LiveServer

from orders import lifecycle
from orders.models import Order, Product, ProductCode
from shop.staff.find import reach
from shop.staff.find.search import search
from tests.factories import make_order, make_product
from tests.servers.browser import Window
from tests.shop.staff.conftest import staff

pytestmark = pytest.mark.django_db
N = "7K3M-Q9TX-2BDF"


@pytest.fixture
def lamp() -> Product:
    product = make_product(sku="MAT-0034", name="Reading lamp")
    ProductCode.objects.create(product=product, code="4006381333931", pieces=1)
    return product


@pytest.fixture
def order(lamp: Product) -> Order:
    made = make_order([(lamp, 1)], number=N, customer_name="Zoë Brînză", email="zoe@example.net", reference="WEB-4711")
    made.steps.filter(name="sap").update(state="done", reference="0000081234")
    lifecycle.add_shipment(made.pk, "dhl", "JD014600", by="wim")
    make_order([(make_product(name="Whisk"), 1)], number="8888-8888-8888", customer_name="Emma Smith")
    return made


@pytest.mark.parametrize(
    "typed",
    [
        N, "7k3m q9tx 2bdf", "7K3MßQ9TXß2BDF", "7K3M'Q9TX'2BDF", "7k3m–q9tx—2bdf", "https://shop.example/track/" + N,
        f"http://desk.lan/order/{N}", "q9tx", "M-Q9", "9TX2B", "Q9TX-2BDF", "81234", "0000081234", "WEB-4711", "web-47",
        "zoë", "brînză", "Zoe\u0308", "zoe@example", "jd01 4600", "JD01ß4600",
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_one_order_is_opened(order: Order, typed: str, role: str) -> None:
    answer = staff(role).get("/desk/find", {"q": typed})
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/admin/orders/order/{order.pk}/change/")


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Helgi Möller", "MÖLLER"), ("Helgi Möller", "helgi möller"), ("HELGI MÖLLER", "möller"),
        ("Çağla Öztürk", "öztürk"), ("Çağla Öztürk", "ÇAĞLA ÖZTÜRK"), ("Łukasz Żółć", "żółć"),
        ("Олег Петров", "ПЕТРОВ"), ("ОЛЕГ ПЕТРОВ", "петров"), ("Γιώργος Παππάς", "ΠΑΠΠΆΣ"),
        ("Zoë Nguyễn", unicodedata.normalize("NFD", "NGUYỄN")),
    ],
)  # fmt: skip
def test_a_name_is_found_in_whichever_case_whatever_the_databases_locale(stored: str, typed: str, boss: Client) -> None:
    order = make_order(customer_name=stored)
    make_order(customer_name="Emma Smith")
    assert boss.get("/desk/find", {"q": typed}).headers.get("Location") == f"/admin/orders/order/{order.pk}/change/"
    page = boss.get("/admin/orders/order/", {"q": typed}).text
    assert (order.number in page, "Emma Smith" in page) == (True, False)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["MÜNCHEN", "münchen.ex", "Größe-7", "GRÖß", "größe-7"])
def test_so_are_an_address_and_a_reference(typed: str, form: Literal["NFC", "NFD"], boss: Client) -> None:
    order = make_order(email="jo@münchen.example", reference="Größe-7")
    found = boss.get("/desk/find", {"q": unicodedata.normalize(form, typed)})
    assert found.headers.get("Location") == f"/admin/orders/order/{order.pk}/change/"


@pytest.mark.parametrize("stored", ["山田 太郎", "山田\u3000太郎", "山田\u00a0太郎"])
@pytest.mark.parametrize("typed", ["山田 太郎", "山田\u3000太郎", "山田\u00a0 太郎", "太郎"])
def test_a_name_is_found_whichever_space_stands_in_it(stored: str, typed: str) -> None:
    order, product = make_order(customer_name=stored), make_product(name=f"Cup of {stored}")
    Order.objects.filter(pk=order.pk).update(customer_name=stored)
    make_order(customer_name="山田 花子")
    found = search(typed)
    assert ([one.pk for one in found.orders], [one.pk for one in found.products]) == ([order.pk], [product.pk])


@pytest.mark.parametrize(
    ("stored", "typed"), [("王伟", "王伟"), ("王伟", "伟"), ("김수", "김수"), ("Øe", "øe"), ("Ян", "ЯН")]
)
def test_a_name_that_is_shorter_than_words_of_other_letters_is_found(stored: str, typed: str, boss: Client) -> None:
    order = make_order(customer_name=stored)
    make_order(customer_name="Emma Smith")
    assert boss.get("/desk/find", {"q": typed}).headers.get("Location") == f"/admin/orders/order/{order.pk}/change/"


@pytest.mark.parametrize("typed", ["ЧАЙ", "чай", "Чай"])
def test_a_part_of_a_sku_in_other_letters_is_found(typed: str, boss: Client) -> None:
    product = make_product(sku="ЧАЙ-ЗЕЛ", name="Green tea")
    assert boss.get("/desk/find", {"q": typed}).headers.get("Location") == f"/admin/orders/product/{product.pk}/change/"


def test_the_address_of_its_page_opens_it(order: Order, boss: Client) -> None:
    answer = boss.get("/desk/find", {"q": f"https://desk.lan/admin/orders/order/{order.pk}/change/?_x=1"})
    assert answer["Location"] == f"/admin/orders/order/{order.pk}/change/"


@pytest.mark.parametrize(
    "typed", ["MAT-0034", "mat0034", "matßoo34", "T-003", "4006381333931", "04006381333931", "reading"]
)
def test_one_product_is_opened(lamp: Product, boss: Client, typed: str) -> None:
    assert boss.get("/desk/find", {"q": typed})["Location"] == f"/admin/orders/product/{lamp.pk}/change/"


def test_letters_that_look_like_digits_are_understood(boss: Client) -> None:
    order = make_order(number="0110-ABCD-2222")
    assert boss.get("/desk/find", {"q": "OiLo-abcd-2222"})["Location"].endswith(f"/{order.pk}/change/")


@pytest.mark.parametrize("typed", ["9Z3Y-Q9TX-2BDF", "9z3y", "ZZY9"])
def test_what_is_not_found_is_looked_for_with_y_and_z_exchanged(boss: Client, typed: str) -> None:
    order = make_order(number="9Y3Z-Q9TX-2BDF", reference="YYZ9")
    assert boss.get("/desk/find", {"q": typed})["Location"].endswith(f"/{order.pk}/change/")


def test_several_are_listed_and_the_exchange_is_told(order: Order, boss: Client) -> None:
    for _ in range(2):
        make_order(customer_name="Yves Yzer")
    page = boss.get("/desk/find", {"q": "zves zyer"}).text
    assert page.count("Yves Yzer") == 2
    assert "Found with Y and Z exchanged" in page


def test_none_says_so_and_the_field_is_ready_for_the_next_scan(order: Order, boss: Client) -> None:
    page = boss.get("/desk/find", {"q": "<b>nothing</b>"})
    assert page.status_code == 200
    assert "Nothing found for <b>&lt;b&gt;nothing&lt;/b&gt;</b>." in page.text
    field = page.text.partition('id="desk-find"')[2].partition(">")[0]
    assert "autofocus" in field
    assert 'value=""' in field


@pytest.mark.parametrize("typed", ["", " ", "--", "ab", "\0", "%", "___", "\\", "x" * 5000, "𝕏", "'"])
def test_whatever_is_typed_is_answered(order: Order, boss: Client, typed: str) -> None:
    assert boss.get("/desk/find", {"q": typed}).status_code == 200


def test_a_number_of_two_kinds_lists_both(order: Order, boss: Client) -> None:
    other = make_order(number="1234-5678-9012")
    lifecycle.add_shipment(order.pk, "fedex", "123456789012", by="wim")
    page = boss.get("/desk/find", {"q": "1234 5678 9012"}).text
    assert order.number in page
    assert other.number in page


def test_an_old_customer_is_found_though_the_newest_are_looked_at_first(
    order: Order, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "NEWEST", 1)
    assert boss.get("/desk/find", {"q": "brînză"})["Location"].endswith(f"/{order.pk}/change/")


def test_beyond_the_newest_hundred_thousand_only_who_asks_is_led(
    order: Order, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        make_order(customer_name="Pia Fries")
    monkeypatch.setattr(reach, "NEWEST", 1)
    monkeypatch.setattr(reach, "UNASKED", 2)
    page = boss.get("/desk/find", {"q": "brînză"}).text
    assert "among the newest 2 orders" in page
    link = re.search(r'<a href="([^"]+)">Look among all orders</a>', page)
    assert link
    assert boss.get("/desk/find" + unescape(link[1]))["Location"].endswith(f"/{order.pk}/change/")
    assert "Look among all" not in boss.get("/desk/find", {"q": "nobody", "among": "all"}).text


def test_who_finds_some_among_the_newest_is_told_that_there_may_be_others(
    order: Order, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        make_order(customer_name="Emma Smithson")
    monkeypatch.setattr(reach, "NEWEST", 2)
    page = boss.get("/desk/find", {"q": "smith"}).text
    assert "Orders: among the newest 2." in page
    assert "8888-8888-8888" not in page
    assert "8888-8888-8888" in boss.get("/desk/find", {"q": "smith", "among": "all"}).text


def test_it_is_for_staff_who_see_orders(order: Order, db: None) -> None:
    answer = Client().get("/desk/find", {"q": N})
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next=/desk/find%3Fq%3D{N}")
    nobody = staff("")
    User.objects.update(is_superuser=False)
    assert nobody.get("/desk/find", {"q": N}).status_code == 403


def test_who_may_not_see_products_finds_none(lamp: Product) -> None:
    assert len(search("MAT-0034", products=False)) == 0
    assert len(search("MAT-0034")) == 1


HUNDRED_THOUSAND = """
    INSERT INTO orders_order (number, customer_name, note, currency, total, created_at, updated_at, status, fingerprint)
    SELECT substr(md5(n::text), 1, 4) || '-' || substr(md5(n::text), 5, 4) || '-' || lpad(n::text, 4, '0'),
        'Customer ' || n || ' ' || md5(n::text), '', 'EUR', 1, now(), now(), 'shipped', ''
    FROM generate_series(1, 100000) n
"""


@pytest.mark.usefixtures("on_postgresql")
def test_what_is_scanned_is_found_at_once_among_a_hundred_thousand(order: Order) -> None:
    """The number of an order or a parcel by an index; a part of a name in the newest orders without reading all."""
    with connection.cursor() as cursor:
        cursor.execute(HUNDRED_THOUSAND.replace("lpad(n::text, 4, '0')", "upper(substr(md5(n::text), 9, 4))"))
        cursor.execute("ANALYZE orders_order")
    for typed in (N, "jd014600", "WEB-4711", "81234", "4006381333931"):
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            assert len(search(typed)) == 1, typed
            print(f"{typed}: {(time.perf_counter() - begun) * 1000:.1f} ms")
        for query in queries.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                assert "Seq Scan on orders_order" not in str(cursor.fetchall()), query["sql"]
    for typed in ("q9tx", "Zoë"):  # The oldest order: nothing takes longer.
        assert len(search(typed)) == 0, typed
        begun = time.perf_counter()
        assert len(search(typed, everywhere=True)) == 1, typed
        print(f"{typed}: {(time.perf_counter() - begun) * 1000:.1f} ms")


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_find_is_used_by_scanner_alone(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], order: Order, width: int
) -> None:
    window.resize(width)
    sign_in(staff("warehouse"), live_server.url)
    window.page.goto(f"{live_server}/desk/find")
    window.page.keyboard.type("nothing at all\n")
    window.page.get_by_text("Nothing found for").wait_for()
    assert window.overflow() == 0
    assert window.findings() == []
    window.page.keyboard.type(f"{N.lower()}\n")
    window.page.wait_for_url(f"**/admin/orders/order/{order.pk}/change/")


def test_a_scan_on_the_front_page_opens_the_order_without_a_click(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], order: Order
) -> None:
    sign_in(staff("warehouse"), live_server.url)
    window.page.goto(f"{live_server}/admin/")
    window.page.keyboard.type("7K3MßQ9TXß2BDF\n")
    window.page.wait_for_url(f"**/admin/orders/order/{order.pk}/change/")
