"""Each text is laid out by itself, whatever stands beside it. A page is read as the eye sees it, from left to right."""

import pytest

from orders.models import Order
from printing.documents import pick_list
from printing.documents.slip import render
from tests import factories
from tests.printing.conftest import make_order
from tests.printing.documents.layout import drawn_lines

pytestmark = pytest.mark.django_db

HEBREW, ARABIC = "דוד כהן", "محمد عبد الله"
# Rows from before may have anything.
HOSTILE = [
    "Mug\u202e",
    "\u202eMug",
    "Mug\u2066",
    "Mug\u2067",
    "Mug\u2028",
    "Mug\t",
    "Mug\x07",
    "Mug\u200f",
    "Mug\ufeff",
]


def seen(content: bytes, words: str) -> bool:
    """Whether a line shows `words`, letter beside letter."""
    wanted = "".join(words.split())
    return any(wanted in "".join(line.split()) for line in drawn_lines(content))


def order_of(name: str) -> Order:
    product = factories.make_product(sku="2BDF-001", name=name, bin_location="7-A")
    return factories.make_order([(product, 12)], customer_name=name, note=name, steps=())


@pytest.mark.parametrize("paper", ["a4", "a5", "letter"])
@pytest.mark.parametrize("name", [HEBREW, ARABIC, f"{HEBREW} 12", f"Table {HEBREW}", f"({HEBREW})", *HOSTILE])
def test_a_number_beside_any_name_stays_where_it_belongs(name: str, paper: str) -> None:
    order = order_of(name)
    slip, walk = render(order, paper=paper), pick_list.render([order], paper=paper)
    assert slip.warnings == walk.warnings == []
    for content in (slip.content, walk.content):
        assert seen(content, "2BDF-001")
        assert seen(content, "☐ 7-A")
    assert seen(walk.content, "12 pieces")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_from_before_does_not_turn_what_follows(name: str) -> None:
    assert seen(render(order_of(name)).content, "Mug · 2BDF-001")


def test_skus_and_bins_may_be_hebrew_themselves() -> None:
    product = factories.make_product(sku="אב-12", name="Mug 7", bin_location="ג-3")
    content = render(factories.make_order([(product, 45)], steps=())).content
    assert seen(content, "Mug 7 · 12-בא")
    assert seen(content, "☐ 3-ג")


def test_every_line_of_a_text_from_the_right_begins_at_the_right() -> None:
    content = render(make_order(note="שלום " * 40 + "סוף!")).content
    assert any(line.lstrip().startswith("!ףוס") for line in drawn_lines(content))


@pytest.mark.parametrize("name", ["A\U000e0100B", "A\u061cB", "A\ufe0fB", "A\u2060B", "AB\ufeff", "A\u3164B"])
def test_what_nobody_can_see_gives_no_warning_and_no_box(name: str) -> None:
    slip = render(make_order(customer_name=name, note=name))
    assert slip.warnings == []
    assert seen(slip.content, "AB")
