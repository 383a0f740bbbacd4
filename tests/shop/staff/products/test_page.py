"""The page on which a file is uploaded, looked at and agreed to; and the files that go out."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from orders.models import Deed, Product, ProductCode, ProductImport
from tests.factories import make_order, make_product
from tests.servers.browser import Window
from tests.shop.staff.conftest import act, staff
from tests.shop.staff.products.files import coded, lines, picture, workbook
from tests.shop.staff.test_pages import faults

PAGE = "/admin/orders/product/import/"
FILE = lines("MUG,Mug,10.50", "POT,Pot & Pan,20")


@pytest.fixture
def sales(db: None) -> Client:
    make_product(sku="MUG", name="Mug", price=Decimal("9.90"))
    return staff("sales")


def upload(client: Client, content: bytes, name: str = "spring.csv") -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def yes(page: Any) -> dict[str, str]:
    """The form that agrees to what a page shows."""
    fields = re.findall(r'<input type="hidden" name="(agree|picture)" value="([^"]+)">', page.text)
    assert len(fields) == 2
    return dict(fields)


def test_what_changes_is_shown_and_then_done(sales: Client) -> None:
    page = upload(sales, FILE)
    shown = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "2 MUG Mug price 9.90 10.50" in shown
    assert "3 POT name Pot &amp; Pan" in shown
    assert 'value="Add 1 product and change 1 product"' in page.text
    assert Product.objects.get(sku="MUG").amount == Decimal("9.90")
    done = sales.post(PAGE, yes(page), follow=True)
    assert "Imported spring.csv: 1 new, 1 changed, 0 the same." in done.text
    assert Product.objects.get(sku="MUG").amount == Decimal("10.50")
    assert Deed.objects.get(what="imported").by == "sales"
    again = sales.post(PAGE, yes(page), follow=True)
    assert "This file was imported already." in again.text


def test_what_somebody_has_changed_meanwhile_is_shown_anew(sales: Client) -> None:
    page = upload(sales, FILE)
    Product.objects.filter(sku="MUG").update(price=11)
    refused = sales.post(PAGE, yes(page))
    assert "Nothing was saved: somebody has changed these products" in refused.text
    assert "<del>11.00</del>" in refused.text
    sales.post(PAGE, yes(refused))
    assert Product.objects.get(sku="MUG").amount == Decimal("10.50")


def test_faults_are_told_and_nothing_can_be_agreed_to(sales: Client) -> None:
    page = upload(sales, lines("MUG,<b>Mug</b>,dear", *(f"P{number},x," for number in range(60))))
    assert "line 2, price: dear is no price." in page.text
    assert "… and 11 more" in page.text
    assert 'name="agree"' not in page.text
    assert not ProductImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"sku,nmae\nA,b\n", "There is no column “nmae”. Did you mean name?"),
        (b"\x89PNG\r\n\x1a\n\0\0", "NUL characters"),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(sales: Client, content: bytes, said: str) -> None:
    page = upload(sales, content)
    assert page.status_code == 400
    assert said in unescape(page.text) or "The file is empty." in page.text
    assert '<div class="desk-notice desk-state is-bad" role="alert">' in page.text


def test_no_file_is_told(sales: Client) -> None:
    assert "Please choose a file first." in sales.post(PAGE).text


def test_another_ones_file_can_not_be_agreed_to(sales: Client) -> None:
    form = yes(upload(sales, FILE))
    boss = staff("")
    assert "Another file took this one’s place." in boss.post(PAGE, form).text
    assert not Product.objects.filter(sku="POT").exists()


def test_who_may_not_change_products_may_not_import_them(db: None) -> None:
    picker = staff("warehouse")
    assert upload(picker, FILE).status_code == 403
    assert "Import a file" not in picker.get("/admin/orders/product/").text


@pytest.mark.parametrize("name", ["products.csv", "products.xlsx"])
def test_what_the_list_shows_goes_out_and_comes_back(sales: Client, name: str) -> None:
    coded("96385074*6", sku="JUG", name="=Jug", active=False)
    everything = sales.get(f"/admin/orders/product/export/{name}")
    assert everything["Content-Disposition"] == f'attachment; filename="{name}"'
    assert picture(everything.content).counts == "0 new, 0 changed, 2 the same"
    assert picture(sales.get(f"/admin/orders/product/export/{name}?active__exact=0").content).same == 1
    assert picture(sales.get(f"/admin/orders/product/export/{name}?q=96385074").content).same == 1
    assert sales.get("/admin/orders/product/export/products.exe").status_code == 404


def test_codes_are_entered_with_the_product_and_remembered(sales: Client) -> None:
    mug = Product.objects.get()
    form = {"sku": "MUG", "name": "Mug", "price": "9.90", "active": "on", "codes-TOTAL_FORMS": "2",
            "codes-INITIAL_FORMS": "0", "codes-0-code": "4006381333932", "codes-0-pieces": "1",
            "codes-1-code": "BOX-7", "codes-1-pieces": "12"}  # fmt: skip
    url = f"/admin/orders/product/{mug.pk}/change/"
    page = sales.post(url, form, follow=True)
    assert set(ProductCode.objects.values_list("code", "pieces")) == {("4006381333932", 1), ("BOX-7", 12)}
    assert "4006381333932 has a wrong check digit: 4006381333931 would be right." in page.text
    assert Deed.objects.get().detail == "codes: none → 4006381333932; BOX-7*12"
    jug = make_product()
    form |= {"sku": "JUG", "codes-TOTAL_FORMS": "1", "codes-0-code": "box-7"}
    page = sales.post(f"/admin/orders/product/{jug.pk}/change/", form)
    assert "BOX-7 is a code of MUG Mug. Scanners would take one for the other." in page.text


@pytest.mark.parametrize("code", ["A B", "A*2", "A;B", "A\u200bB"])
def test_a_code_that_no_scanner_reads_is_refused(sales: Client, code: str) -> None:
    form = {"sku": "MUG", "name": "Mug", "price": "9.90", "codes-TOTAL_FORMS": "1", "codes-INITIAL_FORMS": "0",
            "codes-0-code": code, "codes-0-pieces": "1"}  # fmt: skip
    assert sales.post(f"/admin/orders/product/{Product.objects.get().pk}/change/", form).status_code == 200
    assert not ProductCode.objects.exists()


def test_a_product_that_was_sold_is_retired_and_not_deleted(sales: Client) -> None:
    mug = Product.objects.get()
    make_order([(mug, 2)])
    page = sales.get(f"/admin/orders/product/{mug.pk}/delete/")
    assert "MUG Mug stands in 1 order." in page.text
    assert 'value="Retire it"' in page.text
    sales.post(f"/admin/orders/product/{mug.pk}/delete/", {"post": "yes"})
    new = make_product()
    page = act(sales, "orders/product", "delete_selected", mug, new, post="yes")
    assert "1 product was sold and can’t be deleted. Retire it." in page.text
    assert list(Product.objects.all()) == [mug]
    back = f"/admin/orders/product/{mug.pk}/change/"
    assert '<input type="hidden" name="action" value="retire">' in sales.get(back).text
    page = act(sales, "orders/product", "retire", mug, back=back)
    assert page.redirect_chain[-1][0] == back
    assert '<input type="hidden" name="action" value="activate">' in page.text
    assert list(Deed.objects.filter(row=str(mug.pk)).values_list("what", flat=True)) == ["retired"]


def test_a_file_is_imported_in_a_browser(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], sales: Client
) -> None:
    for number in range(12):
        make_product(sku=f"CUP-{number}", name="Paper filters, size 2, unbleached, pack of one hundred " * 3)
    rows = [["MUG", "Mug", 100, "A-1-2", "4006381333932; 4006381333948*12"]]
    rows += [[f"CUP-{number}", f"Cup {number}", 8, "B-7", f"CUP{number}"] for number in range(12)]
    rows += [["POT-WITH-A-VERY-LONG-SKU-" + "X" * 30, "Pot", 20, "B-2", "96385074"]]
    content = workbook(*rows, header=["SKU", "Name", "Price", "Bin", "Codes"])
    sign_in(sales, live_server.url)
    page = window.page
    page.goto(f"{live_server}/admin/orders/product/")
    page.get_by_role("link", name="Import a file").click()
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("#desk-file", {"name": "spring.xlsx", "mimeType": mime, "buffer": content})
    page.get_by_role("button", name="Look at it").click()
    assert page.locator(".desk-counts dd").all_inner_texts() == ["1", "13", "0"]
    assert list(faults(window, "import")) == []
    page.keyboard.press("Enter")  # The button that agrees has the focus.
    page.wait_for_url("**/admin/orders/product/")
    assert "Imported spring.xlsx: 1 new, 13 changed, 0 the same." in page.locator(".messagelist").inner_text()
    assert list(faults(window, "list")) == []
    page.goto(f"{live_server}{PAGE}")
    bad = b"sku;name;price\nMUG;Mug;1.234,50\n;x;y\n"
    page.set_input_files("#desk-file", {"name": "bad.csv", "mimeType": "text/csv", "buffer": bad})
    page.get_by_role("button", name="Look at it").click()
    assert "line 2, price: 1.234,50 can be read in two ways" in page.locator("[role=alert]").inner_text()
    assert list(faults(window, "faults")) == []


def test_a_products_codes_can_be_read_by_everybody(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], sales: Client
) -> None:
    product = coded("96385074")
    make_order([(product, 1)])
    sign_in(sales, live_server.url)
    for path in ("import/", f"{product.pk}/delete/", f"{product.pk}/change/"):
        window.page.goto(f"{live_server}/admin/orders/product/{path}")
        assert list(faults(window, path)) == []
