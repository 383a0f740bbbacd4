"""On a telephone: what matters of a row is in sight, words stay whole, and no field stands in a hole."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from orders import pick_lists
from orders.models import DeadLetter, Deed, Destination, Order
from printing.models import PrintJob
from tests.factories import make_order, make_product
from tests.servers.browser import Window
from tests.shop.staff.conftest import park, settle, staff

SignIn = Callable[[Client, str], None]
TELEPHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
ARABIC = "نورة بنت خالد بن عبد العزيز المنصوري الهاشمي"
# Of an element's text: where its first letter stands, and the box that shows it.
FIRST_LETTER = """(element) => {
    const range = document.createRange(), text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
    range.setStart(text, 0); range.setEnd(text, 1);
    const letter = range.getBoundingClientRect(), box = element.getBoundingClientRect();
    return letter.left >= box.left - 1 && letter.right <= box.right + 1;
}"""
OUT_OF_SIGHT = """(row) => [...row.children].filter(cell => cell.getBoundingClientRect().right > innerWidth)
    .map(cell => cell.className)"""
FIELDS = "[...document.querySelectorAll('.form-multiline > div')].map(field => field.offsetHeight)"
LINES = """(cells) => cells.map(cell => {
    const style = getComputedStyle(cell);
    return Math.round((cell.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom)) / 20);
})"""


def look(window: Window, live_server: LiveServer, sign_in: SignIn, size: dict[str, int], path: str) -> None:
    sign_in(staff(""), live_server.url)
    window.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    window.page.goto(f"{live_server}{path}")


def test_a_telephone_shows_what_matters_of_each_order_without_pushing_the_table_aside(
    window: Window, live_server: LiveServer, sign_in: SignIn
) -> None:
    make_order(customer_name="Konstantinopolitanischer" * 3)
    look(window, live_server, sign_in, TELEPHONE, "/admin/orders/order/")
    row = window.page.locator("#result_list tbody tr")
    assert row.evaluate(OUT_OF_SIGHT) == []
    assert all(row.locator(cell).is_visible() for cell in (".field-sum_", ".field-status_badge", ".field-steps_"))
    box = row.bounding_box()
    assert box
    assert box["height"] < 100
    window.page.locator("#action-toggle").check()
    assert row.locator(".action-select").is_checked()


@pytest.mark.parametrize("size", [TELEPHONE, TABLET], ids=["telephone", "tablet"])
def test_a_name_that_runs_from_right_to_left_is_cut_at_its_end(
    window: Window, live_server: LiveServer, sign_in: SignIn, size: dict[str, int]
) -> None:
    make_order(customer_name=ARABIC * 2)
    look(window, live_server, sign_in, size, "/admin/orders/order/")
    assert window.page.locator("#result_list .field-customer_name").evaluate(FIRST_LETTER)


def test_a_tablet_shows_all_of_an_order_of_days_ago(
    window: Window, live_server: LiveServer, sign_in: SignIn, db: None
) -> None:
    """Its date is longer than "3 h ago", and its status is the longest."""
    settle(make_order([(make_product(price="180.00"), 2)], created_at=timezone.now() - timedelta(days=3)))
    look(window, live_server, sign_in, TABLET, "/admin/orders/order/")
    assert window.page.locator("#result_list tbody tr").evaluate(OUT_OF_SIGHT) == []
    assert window.overflow() == 0


def test_an_order_on_a_telephone_has_its_fields_one_below_the_other(
    window: Window, live_server: LiveServer, sign_in: SignIn
) -> None:
    order = make_order([(make_product(name="Beeswax candle, 20 cm, a pair"), 3)], reference="SHOP-77", email="a@b.test")
    settle(order)
    look(window, live_server, sign_in, TELEPHONE, f"/admin/orders/order/{order.pk}/change/")
    heights = window.page.evaluate(FIELDS)
    assert len(heights) > 4
    assert max(heights) < 100
    assert max(window.page.locator(".field-finished_at:not(th), .field-next_try:not(th)").evaluate_all(LINES)) == 1
    assert [row.evaluate(OUT_OF_SIGHT) for row in window.page.locator(".tabular tbody tr.has_original").all()] == [
        []
    ] * 4
    assert max(window.page.locator("#lines-group .field-name:not(th)").evaluate_all(LINES)) <= 2


def picked(order: Order) -> int:
    settle(order)
    return pick_lists.take(Order.objects.filter(pk=order.pk), by="wim")[0].pk


MEANT = {
    "orders/step": (".field-state_badge", ".field-what"),
    "printing/printjob": (".field-state_", ".field-reason"),
    "orders/product": (".field-name", ".field-amount", ".field-active"),
    "printing/printer": (".field-condition", ".field-told"),
    "orders/destination": (".field-condition", ".field-held_or_waiting", ".field-parked"),
    "orders/deadletter": (".field-reason",),
    "orders/deed": (".field-what", ".field-name"),
}


def test_a_telephone_shows_of_every_list_what_is_up_and_what_to_do(
    window: Window, live_server: LiveServer, sign_in: SignIn, job: PrintJob
) -> None:
    """By one window: a sign-in and a start of each page are what costs time."""
    step = park(make_order([(make_product(name="Beeswax candle, 20 cm, a pair, unscented, in a box"), 3)]))
    Deed.remember(Deed.What.PACKED, [step.order], by="wim", detail="It was packed by hand. " * 4)
    DeadLetter.objects.create(queue="sap", reason="The body is no JSON. " * 6, body=b"x")
    Destination.objects.create(name="sap", paused=True, paused_by="olga", pause_reason="Upgrade until noon. " * 8)
    look(window, live_server, sign_in, TELEPHONE, "/admin/orders/step/")
    for path, cells in MEANT.items():
        window.page.goto(f"{live_server}/admin/{path}/")
        row = window.page.locator("#result_list tbody tr").first
        assert row.evaluate(OUT_OF_SIGHT) == [], path
        assert [cell for cell in cells if not row.locator(cell).is_visible()] == [], path
        assert row.evaluate("row => row.offsetHeight") < 200, path
    listed = make_order(customer_name=ARABIC, note="Please ring twice. " * 5)
    for path in (f"/desk/picklists/{picked(listed)}", "/desk/picklists", "/admin/integrations/purchase/", "/admin/"):
        window.page.goto(f"{live_server}{path}")
        assert window.page.locator(".desk-table.is-cards tbody tr").first.evaluate(OUT_OF_SIGHT) == [], path
