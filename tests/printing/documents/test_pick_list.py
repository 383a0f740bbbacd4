from datetime import UTC, datetime

import pytest

from orders.models import Order
from printing.documents import pick_list, test_page
from printing.models import Printer
from tests.factories import make_order, make_product
from tests.printing.conftest import Scan, Text

pytestmark = pytest.mark.django_db


def two_orders() -> list[Order]:
    mug, rug, jug = (
        make_product(name=name, bin_location=bin_location)
        for name, bin_location in [("Mug", "B-1"), ("Rug", "A-1"), ("Jug", "C-1")]
    )
    make_order([(mug, 1), (rug, 2)], number="AAAA-0000-0001")
    make_order([(jug, 3), (mug, 4)], number="AAAA-0000-0002")
    return list(Order.objects.order_by("id").prefetch_related("lines__product"))


def test_a_walk_visits_every_bin_once_in_order_and_names_the_boxes() -> None:
    boxes = [pick_list.Box(letter, order) for letter, order in zip("AB", two_orders(), strict=True)]
    walk = [(stop.bin_location, stop.quantity, stop.into) for stop in pick_list.stops(boxes)]
    assert walk == [("A-1", 2, "A×2"), ("B-1", 5, "A, B×4"), ("C-1", 3, "B×3")]


def test_the_list_names_every_order_and_no_price(text: Text) -> None:
    drawn = "".join(text(pick_list.render(two_orders()).content))
    assert "AAAA-0000-0001" in drawn
    assert "AAAA-0000-0002" in drawn
    assert "3 stops, 10 pieces" in drawn
    assert "7.77" not in drawn


@pytest.mark.parametrize(("paper", "room"), [("a4", True), ("letter", True), ("a5", False), ("4x6", False)])
def test_a_box_has_where_its_parcel_goes_where_there_is_room(text: Text, paper: str, room: bool) -> None:
    make_order(shipping_name="Ana Sol", shipping_city="Berlin", shipping_country="DE", reference="WEB-1")
    make_order(reference="WEB-2")
    drawn = " ".join(" ".join(text(pick_list.render(list(Order.objects.all()), paper=paper).content)).split())
    assert "Ana Sol" in drawn.replace("\u00a0", " ")
    assert ("Berlin, DE" in drawn, "WEB-1" in drawn, "WEB-2" in drawn) == (room, False, room)


def test_more_orders_than_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="At most 26"):
        pick_list.render([Order()] * 27)


@pytest.mark.parametrize("paper", ["a4", "a5", "letter"])
def test_a_test_page_scans(scan: Scan, paper: str) -> None:
    printer = Printer(name="Gate", station="Hall 2", paper=paper)
    assert scan(test_page.render(printer)) == {"Code128": "TEST-PAGE", "QRCode": "TEST-PAGE"}


@pytest.mark.parametrize("paper", ["a4", "a5", "letter", "4x6", "100x150"])
def test_the_list_s_own_number_scans_and_it_says_when_it_was_made(scan: Scan, text: Text, paper: str) -> None:
    heading = pick_list.Heading("PICK-4711", datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    made = pick_list.render(two_orders(), paper=paper, heading=heading)
    assert scan(made.content) == {"Code128": "PICK-4711"}
    drawn = "".join(text(made.content))
    assert "PICK-4711 · " in drawn
    assert "2026-11-24 09:30" in drawn


def test_the_notes_of_the_orders_are_on_the_list(text: Text) -> None:
    make_order(note="GIFT, NO INVOICE")
    drawn = "".join(text(pick_list.render(list(Order.objects.all())).content))
    assert "Note: GIFT, NO INVOICE" in drawn.replace("\u00a0", " ")


def test_grey_says_that_a_box_gets_several_of_one_article() -> None:
    boxes = [pick_list.Box(letter, order) for letter, order in zip("AB", two_orders(), strict=True)]
    assert [stop.several for stop in pick_list.stops(boxes)] == [True, True, True]
    mug = make_product(bin_location="Z-9")
    ones = [make_order([(mug, 1)]), make_order([(mug, 1)])]
    (stop,) = pick_list.stops([pick_list.Box("A", ones[0]), pick_list.Box("B", ones[1])])
    assert (stop.quantity, stop.several) == (2, False)


def test_a_list_that_is_drawn_again_keeps_the_letters_of_its_boxes(text: Text) -> None:
    drawn = "".join(text(pick_list.render(two_orders(), letters="BD").content))
    assert "B×4" not in drawn
    assert "D×4" in drawn
