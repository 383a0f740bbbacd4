"""Numbers, SKUs, bins and order numbers stand on one line, whole, whatever the paper."""

import pypdfium2
import pytest

from printing.documents import pick_list
from printing.documents.paper import PAPERS
from printing.documents.slip import Slip, render
from tests import factories
from tests.printing.conftest import Text, make_order
from tests.printing.documents.layout import boxes, overlaps

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("paper", PAPERS)]

WIDE = "WMWM-WWWW-MMWW"  # no order number is wider


def lines_of(slip: Slip, text: Text) -> list[str]:
    """What stands on each line; and nothing stands beside the paper or in something else."""
    for page in pypdfium2.PdfDocument(slip.content):
        assert all(left >= 5 and right <= page.get_size()[0] - 5 for left, _, right, _ in boxes(page))
        assert overlaps(page) == []
    return [line.replace("\u00a0", " ") for page in text(slip.content) for line in page.splitlines()]


@pytest.mark.parametrize("digits", range(1, 11))
def test_a_quantity_is_never_torn(paper: str, digits: int, text: Text) -> None:
    quantity = int("2147483647"[:digits])
    order = make_order([("A-03-2", quantity, "Enamel mug"), ("B-1", 1, "Rug")])
    found = lines_of(render(order, paper=paper), text)
    assert any(line.split()[:1] == [str(quantity)] for line in found), found
    found = lines_of(pick_list.render([order, order], paper=paper), text)
    assert any(str(2 * quantity) in line.split() for line in found), found
    assert any(f"B×{quantity}" in line or quantity == 1 for line in found), found


@pytest.mark.parametrize("sku", ["MUG", "MUG 12 RED", "SKU-0123456789" * 4 + "-1234567", "W" * 64, "李" * 64])
def test_a_sku_is_never_torn(paper: str, sku: str, text: Text) -> None:
    product = factories.make_product(sku=sku, name="A rug with a long name, for the hall", bin_location="A-03-2")
    order = factories.make_order([(product, 9999)], number=WIDE, steps=())
    for slip in (render(order, paper=paper), pick_list.render([order], paper=paper)):
        assert any(sku in line for line in lines_of(slip, text))


@pytest.mark.parametrize("place", ["A", "Hall 2, shelf 17", "WAREHOUSE-2-AISLE-17-SHELF-B-04", "W" * 32])
def test_a_bin_is_never_torn(paper: str, place: str, text: Text) -> None:
    order = make_order([(place, 1000, "Enamel mug, blue, with a long name " * 4)])
    for slip in (render(order, paper=paper), pick_list.render([order] * 26, paper=paper)):
        assert any(f"☐ {place}" in line for line in lines_of(slip, text))


def test_an_order_number_is_never_torn(paper: str, text: Text) -> None:
    order = make_order(number=WIDE, customer_name="Donaudampfschifffahrtsgesellschaftskapitän " * 4)
    for slip in (render(order, paper=paper, copy=2), pick_list.render([order], paper=paper)):
        assert (
            sum(WIDE in line for line in lines_of(slip, text)) == 1 + slip.pages
        )  # at the top, or in its row; and below


def test_short_texts_keep_their_columns_and_size(paper: str, text: Text) -> None:
    slip = lines_of(render(make_order(), paper=paper), text)
    assert any("Bin" in line for line in slip)
    assert not any("Bin and article" in line for line in slip)
