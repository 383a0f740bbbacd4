"""What only a browser shows: pages on paper, the slip beside the order, words that stay whole."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from orders import lifecycle, pick_lists
from orders.models import Deed, Destination, Order
from printing.models import Printer, PrintJob
from tests.factories import make_order, make_product
from tests.servers.browser import Chromium, Window
from tests.shop.staff.conftest import settle, staff

SignIn = Callable[[Client, str], None]
BUTTONS = """() => [...document.querySelectorAll('button, input[type=submit], a.button, .desk-button')]
    .filter(e => e.offsetParent).map(e => e.textContent || e.value)"""
NOT_BLACK = """() => [...document.querySelectorAll('main *, #content *')].filter(e => e.offsetParent
    && e.innerText?.trim() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => [getComputedStyle(e).color.match(/[0-9]+/g).slice(0, 3), e.innerText.slice(0, 30)])
    .filter(([rgb]) => Math.max(...rgb.map(Number)) > 130).map(([rgb, text]) => `${rgb} ${text}`)"""

# On one line, and nothing of it is cut.
WHOLE = """cell => {
    const text = document.createRange();
    text.selectNodeContents(cell);
    return new Set([...text.getClientRects()].map(box => Math.round(box.top))).size === 1
        && text.getBoundingClientRect().right <= cell.getBoundingClientRect().right + 1;
}"""


@pytest.fixture
def filled(live_server: LiveServer, printer: Printer) -> dict[str, str]:
    packed = make_order()
    settle(packed)
    PrintJob.objects.create(order=make_order(), printer=printer, state="claimed")
    Printer.objects.create(name="Packing table", url="ipp://two/p")
    Destination.objects.create(name="marketing", paused=True, paused_by="olga", pause_reason="upgrade")
    made = pick_lists.take(lifecycle.to_pack(Order.objects.all()), by="wim")[0]
    stays = make_order()
    settle(stays)
    return {
        "front": "/admin/",
        "orders": "/admin/orders/order/",
        "order": f"/admin/orders/order/{packed.pk}/change/",
        "figures": "/admin/integrations/purchase/",
        "attention": "/admin/attention/",
        "list": f"/desk/picklists/{made.pk}",
        "pack": f"/desk/pack/{stays.number}",
        "waiting": "/desk/pack",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_a_page_is_black_on_white_and_has_nothing_to_press(
    chromium: Chromium, live_server: LiveServer, filled: dict[str, str], scheme: str
) -> None:
    window = Window(chromium.browser, scheme="dark" if scheme == "dark" else "light")
    session = staff("").cookies["sessionid"].value
    window.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    window.page.emulate_media(media="print")
    for name, path in filled.items():
        window.page.goto(f"{live_server}{path}")
        assert window.page.evaluate(BUTTONS) == [], name
        assert window.page.evaluate(NOT_BLACK) == [], name
        assert window.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", name
    window.close()


@pytest.mark.parametrize(("width", "there"), [(1440, True), (820, False), (390, False)])
def test_the_slip_stands_beside_the_order_where_there_is_room_and_opens_at_a_click_elsewhere(
    window: Window, live_server: LiveServer, sign_in: SignIn, filled: dict[str, str], width: int, there: bool
) -> None:
    sign_in(staff("sales"), live_server.url)
    window.page.set_viewport_size({"width": width, "height": 900})
    window.page.goto(f"{live_server}{filled['order']}")
    slip = window.page.locator("iframe.desk-paper")
    expect(slip).to_be_visible(visible=there)
    if not there:
        window.page.get_by_text("The slip, as it is printed").click()
        expect(slip).to_be_visible()


def test_without_scripts_the_slip_opens_at_a_click(
    chromium: Chromium, live_server: LiveServer, filled: dict[str, str]
) -> None:
    context = chromium.browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    session = staff("sales").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server}{filled['order']}")
    expect(page.locator("iframe.desk-paper")).to_be_hidden()
    page.get_by_text("The slip, as it is printed").click()
    expect(page.locator("iframe.desk-paper")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [1440, 1100, 820, 390])
def test_the_history_shows_an_orders_number_whole_and_on_one_line(
    window: Window, live_server: LiveServer, sign_in: SignIn, width: int
) -> None:
    """Half of the width was that of two words, "put on a pick list"; the number was broken, or cut."""
    order = make_order()
    Deed.remember(Deed.What.CANCELLED, [order], by="wilhelmina", detail="Ordered twice, as the customer says. " * 4)
    Deed.remember(Deed.What.SENT_AGAIN, [order.steps.get(name="printing")], by="sara")
    sign_in(staff(""), live_server.url)
    window.page.set_viewport_size({"width": width, "height": 900})
    window.page.goto(f"{live_server}/admin/orders/deed/")
    cells = window.page.locator("#result_list tbody .field-name").all()
    assert len(cells) == 2
    for cell in cells:
        assert cell.evaluate(WHOLE), cell.inner_text()
    assert window.overflow() == 0


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_usual_skus_and_names_of_destinations_stay_on_one_line(
    window: Window, live_server: LiveServer, sign_in: SignIn, filled: dict[str, str], width: int
) -> None:
    make_product(sku="TEA-DARJEELING-250", name="Darjeeling, first flush, from a garden high up, 250 g")
    sign_in(staff(""), live_server.url)
    window.page.set_viewport_size({"width": width, "height": 900})
    for path, column in (("orders/product/", "field-sku"), ("orders/destination/", "field-name")):
        window.page.goto(f"{live_server}/admin/{path}")
        cells = window.page.locator(f"#result_list .{column}").all()
        assert cells
        wraps = "e => (e.querySelector('a') || e).getClientRects().length > 1"
        assert [cell.inner_text() for cell in cells if cell.evaluate(wraps)] == []
