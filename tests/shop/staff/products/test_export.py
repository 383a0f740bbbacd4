"""What goes out comes back as it went, whatever is in it; and no program takes a name for a formula."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pytest_django import Settings

from orders.models import Product
from shop.staff.admin.look_ups import SENTENCE
from shop.staff.products.escapes import LIKE_A_FORMULA, escaped, unescaped
from shop.staff.products.export import as_csv, as_workbook
from tests.factories import make_product
from tests.shop.staff.conftest import staff
from tests.shop.staff.products.files import HEADER, coded, picture

NAMES = [
    "=1+1", "'=1+1", "''=1", "+49 170", "-20 °C", "@home", "＝1", "'n Kop", '3" pipe, "round"; cut', "Größe 7", "1,5 l",
    "茶壺", '=HYPERLINK("https://example.com","x")',
]  # fmt: skip


@pytest.fixture
def odd(db: None) -> list[Product]:
    """Products with whatever may be in them."""
    rows = [make_product(name=name) for name in NAMES]
    rows.append(coded("0036000291452, 96385074*12, =A", sku="00123", name="x", price=Decimal(0), active=False))
    rows.append(make_product(sku="-5", bin_location="1-2", sap_material="+7", price=Decimal("1234567890.12")))
    return rows


@pytest.mark.parametrize("write", [as_csv, as_workbook])
def test_an_export_comes_back_as_all_the_same(odd: list[Product], write: object) -> None:
    content = write(Product.objects.prefetch_related("codes"))  # type: ignore[operator]
    found = picture(content)
    assert found.faults.told == []
    assert found.counts == f"0 new, 0 changed, {len(odd)} the same"


@pytest.mark.parametrize("write", [as_csv, as_workbook])
def test_a_price_of_another_currency_comes_back_too(db: None, settings: Settings, write: object) -> None:
    make_product(price=Decimal("73.90"))
    make_product(price=Decimal("1.234"))
    settings.CURRENCY = "JPY"
    found = picture(write(Product.objects.all()))  # type: ignore[operator]
    assert (found.same, found.faults.told) == (2, [])


def test_no_cell_of_a_csv_begins_like_a_formula(odd: list[Product]) -> None:
    text = as_csv(Product.objects.prefetch_related("codes")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == list(HEADER)
    assert [cell for row in rows[1:] for cell in row if cell[:1] in {*"=+-@＝", "\t", "\r"}] == []


def test_a_workbook_has_text_but_for_prices(odd: list[Product]) -> None:
    sheet = load_workbook(io.BytesIO(as_workbook(Product.objects.prefetch_related("codes")))).worksheets[0]
    cells = [(name, cell) for row in sheet.iter_rows(min_row=2) for name, cell in zip(HEADER, row, strict=True)]
    texts = {name for name, cell in cells if isinstance(cell.value, str)}
    assert texts == {*HEADER} - {"price"}
    assert {cell.data_type for _, cell in cells} == {"s", "n"}  # n: a number, or nothing.
    assert {cell.number_format for row in sheet.iter_rows(min_row=2, min_col=3, max_col=3) for cell in row} == {"0.00"}


@given(st.text(alphabet="'=+-@a\t\r＝", max_size=6))
def test_what_is_escaped_is_what_it_was_afterwards(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not escaped(text)[:1] or escaped(text)[0] not in "=+-@\t\r＝"
    assert bool(LIKE_A_FORMULA.match(text)) == (escaped(text) != text)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["p=-1", "p=99999999999999999999", "from=a", "id__gt=x", "q=%00", "sku__regex=((("])
@pytest.mark.parametrize("name", ["products.csv", "products.xlsx"])
def test_an_address_that_nobody_can_look_up_leads_to_the_list(query: str, name: str) -> None:
    answer = staff("").get(f"/admin/orders/product/export/{name}?{query}", follow=True)
    assert answer.status_code == 200
    assert name in answer.get("Content-Disposition", "") or SENTENCE in answer.text
