"""Files of products, as people's programs write them."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from orders.models import Product, ProductCode
from shop.staff.products.comparing import compare
from shop.staff.products.picture import Picture
from shop.staff.products.reading import read_file
from tests.factories import make_product

HEADER = ("sku", "name", "price", "active", "bin_location", "sap_material", "codes")


def lines(*rows: str, header: str = "sku,name,price") -> bytes:
    return "\r\n".join([header, *rows]).encode()


def workbook(*rows: Sequence[Any], header: Sequence[Any] = ("sku", "name", "price")) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet
    for row in (header, *rows):
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with another part of this name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return out.getvalue()


def picture(content: bytes) -> Picture:
    return compare(read_file(content))


def coded(codes: str = "", **fields: Any) -> Product:
    """A product with codes like "4006381333931, BOX*12"."""
    product = make_product(**fields)
    for part in filter(None, codes.split(", ")):
        code, _, pieces = part.partition("*")
        ProductCode.objects.create(product=product, code=code, pieces=int(pieces or 1))
    return product
