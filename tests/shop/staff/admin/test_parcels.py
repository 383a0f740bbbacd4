"""Staff enter an order's parcels by scanner or by hand, ship it with them, and find it by a tracking number."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from orders import lifecycle
from orders.carriers import read_carriers
from orders.models import Order, Shipment
from tests.factories import make_order
from tests.servers.browser import Window
from tests.shop.staff.conftest import act, staff


@pytest.fixture
def packed(db: None) -> Order:
    return make_order(status="packed")


def url(order: Order) -> str:
    return f"/admin/orders/order/{order.pk}/parcels/"


def enter(client: Client, order: Order, *parcels: tuple[str, str], button: str = "add", **more: str) -> Any:
    """Fills the rows in and presses a button: the page that comes."""
    data = {button: "", "1-carrier": "dhl", "2-carrier": "dhl", "3-carrier": "dhl"}
    for row, (carrier, number) in enumerate(parcels, start=1):
        data |= {f"{row}-carrier": carrier, f"{row}-tracking_number": number}
    return client.post(url(order), data | more, follow=True)


def parcels(order: Order) -> list[str]:
    return [str(parcel) for parcel in order.shipments.all()]


def test_several_parcels_are_added_and_the_page_is_ready_for_the_next(picker: Client, packed: Order) -> None:
    page = enter(picker, packed, ("ups", "1z 999-aa"), ("dhl", ""), ("ups", "1Z888\t"))
    assert "Added: UPS 1Z888, UPS 1Z999AA." in page.text
    assert parcels(packed) == ["UPS 1Z888", "UPS 1Z999AA"]
    assert page.request["PATH_INFO"] == url(packed)
    first = re.search(r"<select[^>]*>.*?</select><input[^>]*>", page.text, re.S)
    assert first
    assert '<option value="ups" selected>' in first.group()  # As the parcel before.
    assert " autofocus" in first.group()
    assert [deed.by for deed in packed.deeds.all()] == ["warehouse"] * 2


def test_an_order_is_shipped_with_its_parcels_and_the_list_comes_back(picker: Client, packed: Order) -> None:
    back = "/admin/orders/order/?to=ship"
    data = {"action": "ship", "_selected_action": [packed.pk]}
    asked = picker.post(back, data, follow=True)
    assert "Which parcel?" in asked.text
    hidden = re.findall(r'name="back" value="([^"]+)"', asked.text)
    assert hidden == [back]
    page = enter(picker, packed, ("dhl", "1"), button="ship", back=hidden[0])
    assert f"1 order marked as shipped with 1 parcel: {packed.number}." in page.text
    assert page.request["QUERY_STRING"] == "to=ship"
    packed.refresh_from_db()
    assert (packed.status, parcels(packed)) == ("shipped", ["DHL 1"])


def test_an_order_can_be_shipped_without_a_parcel_and_get_it_later(picker: Client, packed: Order) -> None:
    assert f"1 order marked as shipped: {packed.number}." in enter(picker, packed, button="ship").text
    page = enter(picker, packed, ("dhl", "1")).text
    assert "Added: DHL 1." in page
    assert 'name="ship"' not in page
    assert "DHL 1" in parcels(packed)


def test_enter_on_an_empty_field_ships_nothing(picker: Client, packed: Order) -> None:
    page = enter(picker, packed).text
    assert "Please type or scan a tracking number first." in page
    assert page.index('name="add"') < page.index('name="ship"')  # Enter presses the first.
    packed.refresh_from_db()
    assert packed.status == "packed"


@pytest.mark.parametrize("button", ["add", "ship"])
def test_a_number_used_twice_is_refused_at_its_row_and_nothing_is_saved(
    picker: Client, packed: Order, button: str
) -> None:
    other = make_order()
    lifecycle.add_shipment(other.pk, "dhl", "7", by="lena")
    page = enter(picker, packed, ("dhl", "6"), ("dhl", "7"), button=button).text
    row = re.search(r'<div class="desk-parcel"><ul class="errorlist".*?</div></div>', page, re.S)
    assert row
    assert f"DHL 7 is a parcel of order {other.number} already" in row.group()
    assert 'value="7"' in row.group()
    assert " autofocus" in row.group()
    assert page.count(" autofocus") == 1
    packed.refresh_from_db()
    assert (packed.status, parcels(packed)) == ("packed", [])


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ([("dhl", "1\x1d2")], "Character 2 is a control character"),
        ([("dhl", "12\x0034")], "Null characters are not allowed"),
        ([("dhl", "x" * 65)], "64 at most"),
        ([("dhl", "x" * 201)], "at most 200 characters"),
        ([("pigeon", "1")], "pigeon is not one of the available choices"),
        ([("dhl", "1"), ("dhl", " 1-")], "stands in a row above already"),
        ([("dhl", "<script>")], "“&lt;” is neither"),
    ],
)
def test_what_is_no_parcel_is_refused_in_words(
    picker: Client, packed: Order, entered: list[tuple[str, str]], said: str
) -> None:
    assert said in enter(picker, packed, *entered).text
    assert parcels(packed) == []


def test_the_same_scan_twice_is_said_and_kept_once(picker: Client, packed: Order) -> None:
    enter(picker, packed, ("dhl", "1"))
    assert "DHL 1 is a parcel of this order already." in enter(picker, packed, ("dhl", "1")).text
    assert parcels(packed) == ["DHL 1"]


def test_a_typo_is_taken_away_and_somebody_who_was_slower_is_told(picker: Client, packed: Order) -> None:
    parcel = lifecycle.add_shipment(packed.pk, "dhl", "1", by="lena")
    assert "Removed: DHL 1." in picker.post(url(packed), {"remove": parcel.pk}, follow=True).text
    for gone in (str(parcel.pk), "9" * 30, "²"):
        page = picker.post(url(packed), {"remove": gone}, follow=True)
        assert page.status_code == 200
        assert parcels(packed) == []
    assert "Somebody else has removed" in picker.post(url(packed), {"remove": parcel.pk}, follow=True).text


@pytest.mark.parametrize(
    ("status", "said"),
    [("received", "is received, and only what is packed"), ("shipped", "is shipped, and"), ("cancelled", "cancelled")],
)
def test_who_was_overtaken_is_told_how_the_order_stands(picker: Client, status: str, said: str) -> None:
    order = make_order(status=status)
    assert said in enter(picker, order, ("dhl", "1"), button="ship").text
    assert parcels(order) == []
    page = picker.get(url(order)).text
    assert ('name="ship"' in page, 'name="add"' in page) == (False, status != "cancelled")


def test_the_page_is_for_those_who_pack(packed: Order) -> None:
    sales = staff("sales")
    for answer in (sales.get(url(packed)), sales.post(url(packed), {"ship": ""})):
        assert answer.status_code == 403
    assert "Parcels…" not in sales.get(f"/admin/orders/order/{packed.pk}/change/").text
    assert staff("warehouse").get("/admin/orders/order/99999999999999999999/parcels/").status_code == 404


def test_who_cancels_an_order_is_told_which_parcels_to_keep_back(db: None) -> None:
    order, other = make_order(), make_order()
    lifecycle.add_shipment(order.pk, "dhl", "1", by="wim")
    sales = staff("sales")
    for confirmed in ("", "yes"):
        assert "Keep back: DHL 1." in act(sales, "orders/order", "cancel", order, confirmed=confirmed).text
    assert "Keep back" not in act(sales, "orders/order", "cancel", other).text


def test_it_leads_to_no_other_site(picker: Client, packed: Order) -> None:
    evil = "https://evil.example/"
    assert evil not in picker.get(url(packed), {"back": evil}).text
    page = enter(picker, packed, button="ship", back=evil)
    assert all(evil not in address for address, _ in page.redirect_chain)


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_the_orders_page_shows_its_parcels_with_a_link_that_tells_the_carrier_nothing(
    packed: Order, role: str, settings: Settings
) -> None:
    client = staff(role)
    assert "tracking number" not in client.get(f"/admin/orders/order/{packed.pk}/change/").text
    lifecycle.add_shipment(packed.pk, "ups", "1Z9", by="wim")
    settings.CARRIERS = settings.CARRIERS | read_carriers(["van=Our own van"])
    lifecycle.add_shipment(packed.pk, "van", "2", by="wim")
    page = client.get(f"/admin/orders/order/{packed.pk}/change/").text
    assert 'href="https://www.ups.com/track?tracknum=1Z9" rel="noreferrer" target="_blank">1Z9</a>' in page
    assert "added a parcel" in page
    assert '<span class="desk-number">2</span>' in page
    assert ('class="button" href="' + url(packed)) in page or role != "warehouse"


@pytest.mark.parametrize("typed", ["JD0146", " jd01-46", "jd01ß46"])
def test_an_order_is_found_by_the_number_of_its_parcel_as_scanned(boss: Client, packed: Order, typed: str) -> None:
    lifecycle.add_shipment(packed.pk, "dhl", "JD0146", by="wim")
    other = make_order(customer_name=typed.strip())
    page = boss.get("/admin/orders/order/", {"q": typed}).text
    assert packed.number in page
    assert other.number not in page


def test_a_tracking_number_that_could_be_an_order_number_finds_both(boss: Client, packed: Order) -> None:
    other = make_order(number="1234-5678-9012")
    lifecycle.add_shipment(packed.pk, "fedex", "123456789012", by="wim")
    page = boss.get("/admin/orders/order/", {"q": "1234 5678 9012"}).text
    assert packed.number in page
    page = boss.get("/admin/orders/order/", {"q": "123456789012"}).text
    assert packed.number in page
    assert other.number in page


def test_the_number_is_looked_up_by_an_index(boss: Client, packed: Order) -> None:
    with CaptureQueriesContext(connection) as queries:
        boss.get("/admin/orders/order/", {"q": "JD0146"})
    (looked,) = [query["sql"] for query in queries.captured_queries if "orders_shipment" in query["sql"]]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {looked}")
            assert "shipment_tracking_number" in str(cursor.fetchall())


def test_a_scanner_alone_enters_two_parcels_and_the_order_is_shipped(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], packed: Order
) -> None:
    """At 390 px, and without the mouse: a scan is text and Enter."""
    window.resize(390)
    sign_in(staff("warehouse"), live_server.url)
    window.page.goto(f"{live_server}{url(packed)}")
    for number in ("JD01", "JD02"):
        window.page.keyboard.type(f"{number}\n")
        window.page.get_by_text(f"Added: DHL {number}.").wait_for()
    assert window.overflow() == 0
    window.page.get_by_role("button", name="Mark as shipped").click()
    window.page.get_by_text("1 order marked as shipped with 2 parcels").wait_for()
    assert Shipment.objects.filter(order__status="shipped").count() == 2
