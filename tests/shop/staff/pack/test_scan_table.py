"""Every row of the table of scans in Chromium, keyboard only, on a tablet and on a telephone."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Route, expect
from pytest_django.live_server_helper import LiveServer

from orders import lifecycle
from orders.models import Order, PackScan
from tests.servers.browser import Chromium, Window
from tests.shop.staff.conftest import staff
from tests.shop.staff.pack.conftest import BOX, COFFEE, FILTERS, TEAPOT, WHISK
from tests.shop.staff.pack.desk_window import Station

ALL = (COFFEE, BOX, TEAPOT, FILTERS, FILTERS)
SignIn = Callable[[Client, str], None]


@pytest.fixture(params=[(820, 1180), (390, 844)], ids=["820 px", "390 px"])
def station(
    request: pytest.FixtureRequest, window: Window, live_server: LiveServer, sign_in: SignIn, wim: Client
) -> Station:
    window.resize(*request.param)
    sign_in(wim, live_server.url)
    return Station(window, live_server.url)


@pytest.fixture
def opened(station: Station, order: Order) -> Station:
    station.scan(order.number)
    station.shows(order.number)
    return station


def status(order: Order) -> str:
    return Order.objects.get(pk=order.pk).status


def test_a_slip_opens_and_others_see_who_packs_it(opened: Station, order: Order, sara: Client) -> None:
    opened.says("Emma Smith", "Note: GIFT, NO INVOICE", "0 of 16 pieces")
    opened.beeped("good")
    opened.is_ready()
    assert "warehouse is packing it." in sara.get(f"/desk/pack/{order.number}").text


def test_sap_has_not_got_it_yet(station: Station, order: Order) -> None:
    order.steps.filter(name="sap").update(state="waiting")
    station.scan(order.number)
    station.says("SAP has not got this order yet. It may be packed.")
    station.scan(*ALL)
    station.says("ALL IN.")
    station.press("Enter")
    station.says("is packed.")
    assert status(order) == "packed"


@pytest.mark.parametrize("becomes", ["cancelled", "packed", "shipped"])
def test_what_is_not_to_be_packed(opened: Station, order: Order, other: Order, becomes: str) -> None:
    if becomes == "cancelled":
        lifecycle.cancel_order(other.pk, by="sara")
    else:
        lifecycle.pack(Order.objects.filter(pk=other.pk), by="sara")
    if becomes == "shipped":
        lifecycle.ship_order(other.pk, by="sara")
    opened.scan(other.number)
    opened.shows(other.number)
    opened.says(becomes.upper(), "by sara")
    opened.scan(WHISK)
    opened.beeped("bad")
    opened.is_ready()
    assert not PackScan.objects.filter(order=other, kind="counted").exists()
    assert status(other) == becomes


def test_an_unknown_number_closes_the_former_order(opened: Station) -> None:
    opened.scan("7K3M-Q9TX-2BDF")
    opened.says("No such order: 7K3M-Q9TX-2BDF")
    opened.shows("")
    opened.beeped("bad")
    opened.is_ready()


def test_articles_count_and_too_many_stay_until_acknowledged(opened: Station) -> None:
    opened.scan(COFFEE)
    opened.says("1 of 16 pieces")
    opened.beeped("good")
    opened.scan(COFFEE)
    opened.says("One too many: Filter coffee, ground, 500 g.")
    opened.beeped("bad")
    opened.scan(TEAPOT)
    opened.says("One too many", "2 of 16 pieces")
    opened.press("Enter")
    opened.says_no("One too many")
    opened.is_ready()


def test_an_article_of_another_order_and_a_code_that_nobody_knows(opened: Station, other: Order) -> None:
    opened.scan(WHISK)
    opened.says("NOT IN THIS ORDER: Whisk. Put it back to A-02-4.")
    opened.press("Enter")
    opened.says_no("NOT IN THIS ORDER")
    opened.scan("5000112637922")
    opened.says("Nobody knows this code: 5000112637922.", "0 of 16 pieces")
    opened.is_ready()


def test_another_order_while_this_one_is_unfinished(opened: Station, order: Order, other: Order) -> None:
    opened.scan(COFFEE, other.number)
    opened.says(f"Leave {order.number} with 15 missing? Scan it again.")
    opened.shows(order.number)
    opened.scan(other.number)
    opened.shows(other.number)
    opened.is_ready()


def test_no_answer_in_two_seconds(opened: Station) -> None:
    """The field keeps the scan; sent again it counts once, though the first had arrived."""
    opened.window.allowed = ["ERR_", "Failed to load"]
    opened.be_impatient()
    opened.hold()
    opened.scan(TEAPOT)
    opened.says("NOT COUNTED: no answer.")
    opened.be_patient()
    expect(opened.page.locator("#code")).to_have_value(TEAPOT)
    opened.beeped("bad")
    opened.scan(TEAPOT)  # As who hears the low beep does.
    opened.says("1 of 16 pieces")
    opened.says_no("NOT COUNTED")
    opened.is_ready()
    assert PackScan.objects.filter(kind="counted").count() == 1


def test_an_answer_that_is_lost_counts_once(opened: Station) -> None:
    opened.window.allowed = ["ERR_", "Failed to load"]
    held = opened.hold()
    opened.scan(TEAPOT)
    lost = opened.until(held)
    lost.fetch()
    lost.abort()
    opened.says("NOT COUNTED: no connection.")
    opened.press("Enter")
    opened.says("1 of 16 pieces")
    opened.is_ready()
    assert PackScan.objects.filter(kind="counted").count() == 1


def test_twelve_and_then_a_scan_is_twelve(opened: Station) -> None:
    opened.scan("12")
    opened.says("12 × what you scan now")
    opened.scan(TEAPOT)
    opened.says("12/13")
    opened.scan("12", TEAPOT)
    opened.says("11 too many")


def test_a_fast_scanner_and_one_that_ends_with_tab_lose_nothing(opened: Station) -> None:
    opened.scan(*ALL[:3])
    opened.scan(*ALL[3:], end="Tab")
    opened.says("16 of 16 pieces", "ALL IN.")
    opened.is_ready()


def test_the_keys(opened: Station, order: Order) -> None:
    opened.scan(COFFEE)
    opened.says("1 of 16 pieces")
    opened.press("Control+z")
    opened.says("Taken back", "0 of 16 pieces")
    opened.press("F2")
    opened.says("Missing: ", "13 missing")
    opened.press("F4")
    opened.says("It has no slip yet.")
    opened.press("Escape")
    opened.shows("")
    opened.says(f"{order.number} was left: 16 pieces not in.")
    opened.is_ready()


def test_packed_shipped_with_a_number_and_taken_back(opened: Station, order: Order) -> None:
    opened.scan(*ALL)
    opened.says("ALL IN.")
    opened.press("Enter")
    opened.says("Scan the parcel’s tracking number, or Enter without")
    opened.is_ready()
    opened.scan("jd01-4600")
    opened.says(f"{order.number} is shipped with DHL JD014600.")
    opened.shows("")
    assert status(order) == "shipped"
    opened.press("Control+z")
    opened.says("is not shipped any more.")
    opened.press("Control+z")
    opened.says("is not packed any more.", "16 of 16 pieces")
    assert status(order) == "received"


def test_a_tracking_number_used_twice(opened: Station, order: Order, other: Order) -> None:
    lifecycle.add_shipment(other.pk, "dhl", "JD014600", by="sara")
    opened.scan(*ALL)
    opened.says("ALL IN.")
    opened.press("Enter")
    opened.says("Scan the parcel’s")
    opened.scan("JD014600")
    opened.says(f"DHL JD014600 is a parcel of order {other.number} already")
    assert status(order) == "packed"
    opened.is_ready()


def test_enter_twice_packs_and_does_not_ship(opened: Station, order: Order) -> None:
    opened.scan(*ALL)
    opened.says("ALL IN.")
    held = opened.hold()
    opened.press("Enter")
    opened.press("Enter")  # The first is not answered yet, whatever else the machine does.
    opened.until(held).continue_()
    opened.says("NOT COUNTED: the order is packed by now.")
    assert status(order) == "packed"


def test_cancelled_while_it_is_packed(opened: Station, order: Order) -> None:
    opened.scan(COFFEE)
    opened.says("1 of 16 pieces")
    lifecycle.cancel_order(order.pk, by="sara")
    opened.scan(TEAPOT)
    opened.says("by sara. DO NOT SEND. Put back: 1 × Filter coffee, ground, 500 g to A-04-2.")
    opened.beeped("bad")
    opened.is_ready()


def test_a_cancellation_is_seen_without_a_scan(opened: Station, order: Order) -> None:
    lifecycle.cancel_order(order.pk, by="sara")
    opened.says("DO NOT SEND.")
    opened.beeped("bad")


def test_a_look_that_comes_back_late_does_not_hide_what_was_scanned_meanwhile(opened: Station) -> None:
    opened.page.add_init_script("window.setInterval = (look, pause) => setTimeout(look, pause / 50)")  # Once, and soon.
    opened.page.reload()
    held = opened.hold("GET")
    look = opened.until(held)
    before = look.fetch()
    opened.scan(COFFEE)
    opened.says("1 of 16 pieces")
    look.fulfill(response=before)
    answer = look.request.response()
    assert answer
    answer.finished()
    opened.page.evaluate("new Promise(done => setTimeout(done, 100))")
    assert "1 of 16 pieces" in opened.page.locator("main").inner_text()


def test_two_tablets_count_every_piece_once(
    opened: Station, order: Order, chromium: Chromium, live_server: LiveServer, sara: Client
) -> None:
    second = Window(chromium.browser, width=820, height=1180)
    cookie = {"name": "sessionid", "value": sara.cookies["sessionid"].value, "url": live_server.url}
    second.context.add_cookies([cookie])  # type: ignore[list-item]
    other = Station(second, live_server.url)
    other.scan(order.number)
    other.says("warehouse is packing it.")
    for _ in range(6):
        opened.scan(TEAPOT)
        other.scan(TEAPOT)
    opened.says("12/13")  # Without a scan of its own: it looks.
    other.says("12/13")
    opened.scan(TEAPOT)
    other.scan(TEAPOT)
    opened.says("13/13")
    other.says("13/13")  # Its scan is answered, too.
    complaints = second.complaints
    second.close()
    assert complaints == []
    assert sum(PackScan.objects.filter(kind="counted").values_list("pieces", flat=True)) == 13
    assert PackScan.objects.filter(kind="wrong").count() == 1


def log_on_again(opened: Station) -> None:
    opened.page.wait_for_url("**/admin/login/**")
    opened.page.fill("#id_username", "warehouse")
    opened.page.fill("#id_password", "four-bags-of-oats-7")
    opened.press("Enter")
    opened.says("NOT COUNTED: your login had ended. Press Enter to count it now.")
    opened.page.wait_for_load_state()
    expect(opened.page.locator("#code")).to_be_focused()
    opened.press("Enter")


@pytest.fixture
def logged_out(opened: Station, wim: Client) -> Station:
    user = User.objects.get(username="warehouse")
    user.set_password("four-bags-of-oats-7")
    user.save()  # Which ends the session.
    return opened


def test_a_login_that_ended_loses_no_scan(logged_out: Station) -> None:
    held = logged_out.hold()
    logged_out.scan(TEAPOT, COFFEE)  # What is typed while pages change goes into either.
    logged_out.until(held).continue_()
    log_on_again(logged_out)
    logged_out.says("2 of 16 pieces")
    logged_out.is_ready()


class Held:
    """The way to the login's page: it waits until it may go on."""

    def __init__(self) -> None:
        self.asked: list[Route] = []

    def __call__(self, route: Route) -> None:
        if route.request.is_navigation_request() and not self.asked:
            self.asked.append(route)
        else:
            route.continue_()

    def go_on(self) -> None:
        self.asked[0].continue_()


def test_what_is_scanned_while_the_login_is_on_its_way_is_not_lost(logged_out: Station) -> None:
    logged_out.page.route("**/admin/login/**", hold := Held())
    logged_out.scan(TEAPOT)
    logged_out.until(hold.asked)
    logged_out.scan(COFFEE, FILTERS)
    hold.go_on()
    log_on_again(logged_out)
    logged_out.says("3 of 16 pieces")
    logged_out.is_ready()


def test_enter_that_is_quicker_than_the_script_loses_nothing(logged_out: Station) -> None:
    logged_out.page.route("**/admin/login/**", hold := Held())
    logged_out.scan(TEAPOT)
    logged_out.until(hold.asked)
    logged_out.scan(COFFEE, FILTERS)
    logged_out.page.route("**/pack*.js", lambda route: route.abort(), times=1)
    logged_out.window.allowed = ["ERR_", "Failed to load"]
    hold.go_on()
    log_on_again(logged_out)
    logged_out.says("NOT COUNTED: your login had ended. Press Enter, or scan it again. 2 scans wait.", "1 of 16 pieces")
    logged_out.press("Enter")
    logged_out.says("3 of 16 pieces")
    logged_out.is_ready()


def test_a_proof_that_is_too_old_is_renewed_unseen(opened: Station) -> None:
    """Somebody logged on in another tab: the form's token is another one since."""
    opened.window.allowed = ["403"]
    opened.page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    opened.scan(TEAPOT)
    opened.says("1 of 16 pieces")
    opened.says_no("NOT COUNTED")
    opened.is_ready()


def test_the_back_button_shows_the_order_as_it_is(opened: Station, order: Order) -> None:
    opened.scan(TEAPOT)
    opened.says("1 of 16 pieces")
    opened.page.goto(f"{opened.url}/desk/find")
    opened.page.go_back()
    opened.says("1 of 16 pieces")
    opened.is_ready()
    opened.scan(TEAPOT)
    opened.says("2 of 16 pieces")


def test_typing_goes_into_the_field_wherever_the_focus_was(opened: Station) -> None:
    opened.page.locator("h2").click()
    opened.page.evaluate("document.activeElement.blur()")
    opened.scan(TEAPOT)
    opened.says("1 of 16 pieces")


def test_everybody_can_read_it(opened: Station, order: Order, other: Order) -> None:
    for scheme in ("light", "dark"):
        opened.window.switch_to(scheme)
        opened.scan(COFFEE, WHISK, "3")
        opened.says("3 ×", "NOT IN THIS ORDER")
        assert opened.window.findings() == []
        assert opened.window.overflow() == 0


@pytest.fixture
def scriptless(chromium: Chromium, live_server: LiveServer, wim: Client) -> Iterator[Station]:
    """Without JavaScript."""
    window = Window(chromium.browser)
    window.context.close()
    window.context = chromium.browser.new_context(java_script_enabled=False, viewport={"width": 820, "height": 1180})
    cookie = {"name": "sessionid", "value": wim.cookies["sessionid"].value, "url": live_server.url}
    window.context.add_cookies([cookie])  # type: ignore[list-item]
    window.page = window.context.new_page()
    yield Station(window, live_server.url)
    window.close()


def test_all_of_it_works_without_scripts(scriptless: Station, order: Order) -> None:
    for code in (order.number, *ALL, ""):
        page_of_before = scriptless.page.locator("#scan [name=id]").input_value()
        scriptless.scan(code)
        expect(scriptless.page.locator("#scan [name=id]")).not_to_have_value(page_of_before)
    scriptless.says("Scan the parcel’s tracking number")
    scriptless.scan("JD014600")
    scriptless.says(f"{order.number} is shipped with DHL JD014600.")
    assert status(order) == "shipped"
    assert staff("sales").get("/desk/pack").status_code == 403
