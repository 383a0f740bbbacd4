"""Orders to print, a spool folder of the test's own, and a scanner's eye."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp

from orders.models import Order, OrderLine, Product

NUMBER = "7K3M-Q9TX-2BDF"
Line = tuple[str, int, str]  # bin, quantity, name


def make_order(
    lines: Sequence[Line] = (("A-03-2", 1, "Enamel mug"), ("B-1-1", 3, "Wool blanket")),
    number: str = NUMBER,
    **fields: Any,
) -> Order:
    fields.setdefault("customer_name", "Helgi Möller")
    order = Order.objects.create(number=number, currency="EUR", total=Decimal("77.77"), **fields)
    Order.objects.filter(pk=order.pk).update(created_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    for position, (bin_location, quantity, name) in enumerate(lines, start=1):
        sku = f"{number[-4:]}-{position:03d}"
        product = Product.objects.create(sku=sku, name=name[:200], price=Decimal("7.77"), bin_location=bin_location)
        OrderLine.objects.create(
            order=order, position=position, product=product, sku=sku, name=name, price=product.price, quantity=quantity
        )
    return Order.objects.prefetch_related("lines__product").get(pk=order.pk)


@pytest.fixture
def order(db: None) -> Order:
    return make_order()


@pytest.fixture
def spool_dir(settings: Any, tmp_path: Path) -> Path:
    settings.SPOOL_DIR = tmp_path / "spool"
    return settings.SPOOL_DIR


@pytest.fixture
def text() -> Callable[[bytes], list[str]]:
    """The text of each page."""
    return lambda content: [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]


@pytest.fixture
def scan() -> Callable[[bytes], dict[str, str]]:
    """What a scanner reads on the first page, by kind of code."""

    def scanned(content: bytes) -> dict[str, str]:
        picture = pypdfium2.PdfDocument(content)[0].render(scale=200 / 72).to_pil()
        return {code.format.name: code.text for code in zxingcpp.read_barcodes(picture)}

    return scanned
