"""Pressed twice before the answer is there: done once."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from orders.models import Order, PickList
from printing.models import Printer, PrintJob
from tests.factories import make_order
from tests.servers.browser import Window
from tests.shop.staff.conftest import settle, staff

SignIn = Callable[[Client, str], None]


# Presses, and presses again while the answer is awaited; then asks for what tells that it was done.
PRESS = """(button) => {
    button.click();
    let left = 5;
    const again = setInterval(() => {
        button.click();
        if (!--left) { clearInterval(again); fetch('/favicon.ico?pressed').catch(() => null); }
    }, 50);
}"""


class Slow:
    """A desk that takes its time: what is sent to it waits until nobody presses any more."""

    def __init__(self, page: Page) -> None:
        self.page, self.sent, self.pressed = page, list[Route](), False
        page.route("**/*", self._asked)

    def _asked(self, route: Route) -> None:
        if route.request.method == "POST":
            self.sent.append(route)
        else:
            self.pressed |= "?pressed" in route.request.url
            route.continue_()

    def press_often(self, button: str, answer: str) -> None:
        self.page.get_by_role("button", name=button).evaluate(PRESS)
        while not self.pressed:
            self.page.wait_for_timeout(20)  # milliseconds, in which requests are heard of
        assert len(self.sent) == 1
        self.sent[0].continue_()
        self.page.locator(answer).first.wait_for()


@pytest.fixture
def orders(printer: Printer) -> list[Order]:
    made = [make_order() for _ in range(28)]
    for order in made:
        settle(order)
    PrintJob.objects.create(order=made[0], printer=printer, state="done")
    return made


def test_a_double_click_makes_one_pick_list_and_prints_one_slip(
    window: Window, live_server: LiveServer, sign_in: SignIn, orders: list[Order]
) -> None:
    sign_in(staff("warehouse"), live_server.url)
    for path, button, answer in (
        ("/admin/", "Pick list 1–26", "text=Made by"),
        (_page_of(orders[0]), "Reprint the slip", ".messagelist"),
    ):
        window.page.goto(f"{live_server}{path}")
        Slow(window.page).press_often(button, answer)
        window.page.unroute_all()
    assert PickList.objects.count() == 1
    assert PrintJob.objects.filter(order=orders[0]).count() == 2


def test_the_back_button_shows_a_page_whose_buttons_are_heard(
    window: Window, live_server: LiveServer, sign_in: SignIn, orders: list[Order]
) -> None:
    sign_in(staff("warehouse"), live_server.url)
    window.page.goto(f"{live_server}/admin/")
    for made in (1, 2):
        window.page.get_by_role("button", name="Pick list 1–").click()
        window.page.wait_for_url("**/picklists/*")
        assert PickList.objects.count() == made
        window.page.go_back()
        window.page.wait_for_url("**/admin/")


def _page_of(order: Order) -> str:
    return f"/admin/orders/order/{order.pk}/change/"
