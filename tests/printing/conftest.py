"""Orders to print, printers to print them, and a scanner's eye."""

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
from pytest_django import Settings

from orders.models import Order
from printing import jobs, reach
from printing.models import Printer
from tests import factories
from tests.printing.fake_printer import FakePrinter

NUMBER = "7K3M-Q9TX-2BDF"
Line = tuple[str, int, str]  # bin, quantity, name
Text = Callable[[bytes], list[str]]
Scan = Callable[[bytes], dict[str, str]]
Fakes = Callable[[str], FakePrinter]


def make_order(
    lines: Sequence[Line] = (("A-03-2", 1, "Enamel mug"), ("B-1-1", 3, "Wool blanket")),
    number: str = NUMBER,
    **fields: Any,
) -> Order:
    """An order whose slip is the same every time: all that stands on it is given. Without steps, unless they are."""
    products = [
        factories.make_product(sku=f"{number[-4:]}-{position:03d}", name=name, bin_location=bin_location)
        for position, (bin_location, _, name) in enumerate(lines, start=1)
    ]
    given: dict[str, Any] = {
        "number": number,
        "currency": "EUR",
        "total": Decimal("77.77"),
        "created_at": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        "steps": (),
    }
    quantities = [quantity for _, quantity, _ in lines]
    return factories.make_order(list(zip(products, quantities, strict=True)), **given | fields)


def new_order(number: str) -> Order:
    """An order whose slip is to be printed."""
    return make_order(number=number, steps=["printing"])


@pytest.fixture
def order(db: None) -> Order:
    return new_order(NUMBER)


@pytest.fixture
def printer(db: None) -> Printer:
    return Printer.objects.create(name="One", url="ipp://one/p")


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """The printer at an address: a fake one, whatever the address."""
    printers: dict[str, FakePrinter] = {}

    def backend(url: str) -> FakePrinter:
        return printers.setdefault(url, FakePrinter())

    monkeypatch.setattr(reach, "backend", backend)
    monkeypatch.setattr(jobs, "LOOK_AGAIN", 0)
    return backend


@pytest.fixture
def fake(fakes: Fakes, printer: Printer) -> FakePrinter:
    """What stands at the address of `printer`."""
    return fakes(printer.url)


@pytest.fixture
def spool_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.SPOOL_DIR = tmp_path / "spool"
    return tmp_path / "spool"


@pytest.fixture
def text() -> Text:
    """The text of each page."""
    return lambda content: [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]


@pytest.fixture
def scan() -> Scan:
    """What a scanner reads on the first page, by kind of code."""

    def scanned(content: bytes) -> dict[str, str]:
        picture = pypdfium2.PdfDocument(content)[0].render(scale=200 / 72).to_pil()
        return {code.format.name: code.text for code in zxingcpp.read_barcodes(picture)}

    return scanned
