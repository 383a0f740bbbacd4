"""Products as a file that comes back as it went: nothing new, nothing changed."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.conf import settings
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from orders.models import Product
from orders.money import digits
from shop.staff.products.codes import of_products
from shop.staff.products.columns import COLUMNS
from shop.staff.products.escapes import escaped
from shop.staff.products.shown import product_in_words

WIDTHS = {"sku": 22, "name": 48, "price": 12, "active": 8, "bin_location": 14, "sap_material": 18, "codes": 34}
BOM = "\ufeff"  # Without it some spreadsheet programs read UTF-8 as something else.


def rows(products: Iterable[Product]) -> Iterator[dict[str, str]]:
    """A row a product, in words. `products` have their codes prefetched."""
    for product in products:
        codes = of_products(product.codes.all()).get(product.pk, {})
        yield product_in_words(product, codes)


def as_csv(products: Iterable[Product]) -> bytes:
    """UTF-8 with its mark, commas, CR LF (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows(products):
        writer.writerow([escaped(row[name]) for name in COLUMNS])
    return (BOM + out.getvalue()).encode()


def as_workbook(products: Iterable[Product]) -> bytes:
    """Prices are numbers; all else is text, so that no program cuts a long code or makes a date of a bin."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Products")
    sheet.freeze_panes = "A2"
    for position, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = WIDTHS[name]
    sheet.append([_text(sheet, name, bold=True) for name in COLUMNS])
    for row in rows(products):
        sheet.append([_price(sheet, row[name]) if name == "price" else _text(sheet, row[name]) for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: object, text: str, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, escaped(text) or None)
    if text:
        cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _price(sheet: object, price: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, Decimal(price))
    count = digits(settings.CURRENCY)
    cell.number_format = f"0.{'0' * count}" if count else "0"
    return cell
