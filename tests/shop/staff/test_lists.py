"""Lists of rows in a real browser: how much one sees, and what is done with the rows one has chosen."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from orders.models import Destination, Order
from tests.factories import make_order, make_product
from tests.servers.browser import Chromium, Window
from tests.shop.staff.conftest import settle, staff

LONG = "Freifrau Wilhelmine-Charlotte von der Recke-Volmerstein zu Overdyck"
ON_SCREEN = "rows => rows.filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"
HEIGHTS = "rows => rows.map(row => row.getBoundingClientRect().height)"
BAR = ".desk-bar"


@pytest.fixture
def orders(db: None) -> list[Order]:
    """Thirty, ready to be packed; every fifth has a long name."""
    product = make_product()
    made = [make_order([(product, 1)], customer_name=LONG if n % 5 == 0 else "Bo Ek") for n in range(30)]
    for order in made:
        settle(order)
    return made


@pytest.fixture
def listed(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], orders: list[Order]
) -> Window:
    """The list of orders, as the warehouse has it on a tablet."""
    sign_in(staff("warehouse"), live_server.url)
    window.resize(820, 1180)
    window.page.goto(f"{live_server}/admin/orders/order/")
    return window


def choose(window: Window, *places: int) -> None:
    for place in places:
        window.page.locator(".action-select").nth(place).check()


def test_a_tablet_shows_twenty_orders_and_none_is_higher_for_a_long_name(listed: Window) -> None:
    rows = listed.page.locator("#result_list tbody tr")
    assert rows.evaluate_all(ON_SCREEN) >= 20
    assert all(36 <= height <= 40 for height in rows.evaluate_all(HEIGHTS))


@pytest.mark.parametrize("width", [820, 1440])
def test_the_head_stays_while_the_rows_move(listed: Window, width: int) -> None:
    listed.resize(width, 700)
    listed.page.mouse.wheel(0, 400)
    listed.page.wait_for_function("scrollY > 300")
    head = listed.page.locator("#result_list thead th").nth(1).bounding_box()
    assert head
    assert 40 <= head["y"] <= 60


def test_one_types_into_the_search_field_at_once(listed: Window, orders: list[Order]) -> None:
    assert listed.page.evaluate("document.activeElement.id") == "searchbar"
    listed.page.keyboard.type(f"{orders[3].number.lower()}\n")
    listed.page.wait_for_url("**/?q=*")
    assert listed.page.locator("#result_list tbody tr").count() == 1
    assert listed.page.title().startswith(f"{orders[3].number.lower()} | Orders |")


def test_chosen_rows_raise_a_bar_whose_buttons_act(listed: Window, orders: list[Order]) -> None:
    page = listed.page
    assert not page.locator(BAR).is_visible()
    choose(listed, 0, 2)
    assert page.locator(f"{BAR} .action-counter").inner_text() == "2 of 30 selected"
    assert listed.findings() == []
    page.locator(BAR).get_by_role("button", name="Mark as packed").click()
    page.get_by_role("button", name="Yes, mark 2 orders as packed").click()
    page.get_by_text("2 orders marked as packed").wait_for()
    packed = set(Order.objects.filter(status="packed").values_list("pk", flat=True))
    assert packed == {orders[-1].pk, orders[-3].pk}


def test_the_bar_works_without_scripts(chromium: Chromium, live_server: LiveServer, orders: list[Order]) -> None:
    client = staff("warehouse")
    context = chromium.browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server}/admin/orders/order/")
    assert not page.locator(BAR).is_visible()
    page.locator(".action-select").nth(1).check()
    page.locator(BAR).get_by_role("button", name="Mark as packed").click()
    page.wait_for_load_state()
    context.close()
    assert list(Order.objects.filter(status="packed")) == [orders[-2]]


def test_enter_in_a_box_starts_nothing(listed: Window) -> None:
    choose(listed, 0)
    listed.page.locator(".action-select").first.press("Enter")
    listed.page.get_by_text("No action selected.").wait_for()
    assert not Order.objects.filter(status="packed").exists()


def test_a_filter_opens_by_itself_and_closes_with_escape(listed: Window) -> None:
    page = listed.page
    page.get_by_text("Status", exact=True).first.click()
    choices = page.locator("details.desk-filter ul").first
    assert choices.is_visible()
    assert listed.findings() == []
    page.keyboard.press("Escape")
    assert not choices.is_visible()
    page.get_by_role("link", name="to be packed").click()
    page.wait_for_url("**to=pack**")
    assert page.locator(".desk-chip.is-chosen").all_inner_texts() == ["to be packed"]
    page.get_by_role("link", name="Show all").click()
    page.wait_for_url("**/order/?")


def test_navigation_folds_on_a_tablet_and_comes_back(listed: Window) -> None:
    page = listed.page
    navigation = page.locator("#desk-nav")
    assert not navigation.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert navigation.is_visible()
    assert listed.findings() == []
    page.keyboard.press("Escape")
    assert not navigation.is_visible()
    listed.resize(1440)
    assert navigation.is_visible()
    assert not page.get_by_role("button", name="Menu").is_visible()


def test_what_is_held_says_why_in_words_above_the_rows(listed: Window) -> None:
    Destination.objects.create(name="sap", paused=True, paused_by="olga")
    listed.page.reload()
    assert "sap is paused by olga" in listed.page.locator(".desk-holds").inner_text()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("orders/order/", "Orders appear here as soon as a shop front"),
        ("orders/deadletter/", "nothing is to be done"),
        ("orders/order/?q=nobody", "No order for “nobody”."),
        ("orders/order/?status__exact=packed", "No order with these filters."),
    ],
)
def test_an_empty_list_says_what_would_be_there(boss: Client, url: str, sentence: str) -> None:
    page = boss.get(f"/admin/{url}")
    assert 'class="desk-empty"' in page.text
    assert sentence in page.text


def test_slash_goes_to_the_field_that_finds_from_anywhere(listed: Window, live_server: LiveServer) -> None:
    page = listed.page
    page.locator("#changelist").click(position={"x": 2, "y": 2})
    page.locator("#searchbar").blur()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "desk-find"
    page.goto(f"{live_server}/admin/trouble/")
    assert page.evaluate("document.activeElement.id") == "desk-find"
