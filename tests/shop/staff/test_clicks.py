"""How many clicks the daily jobs take from the front page, counted in a browser. A scan or typing is none."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator
from pytest_django.live_server_helper import LiveServer

from orders.models import Destination, Order, PickList
from printing.models import Printer, PrintJob
from tests.factories import make_order
from tests.servers.browser import Window
from tests.shop.staff.conftest import park, settle, staff


class Hand:
    """Somebody at the front page, whose clicks are counted."""

    def __init__(self, window: Window, url: str) -> None:
        self.page, self.clicks = window.page, 0
        self.page.goto(f"{url}/admin/")

    def click(self, what: Locator) -> None:
        what.first.click()
        self.page.wait_for_load_state()
        self.clicks += 1

    def press(self, label: str) -> None:
        self.click(self.page.get_by_role("button", name=label))

    def scan(self, text: str) -> None:
        """As a scanner does: into the field that has the focus, and Enter."""
        self.page.locator(":focus").press_sequentially(text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/change/")

    def says(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()


@pytest.fixture
def at_desk(window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None]) -> Callable[[str], Hand]:
    def seated(role: str) -> Hand:
        sign_in(staff(role), live_server.url)
        return Hand(window, live_server.url)

    return seated


@pytest.fixture
def stuck(db: None) -> Order:
    order = make_order()
    settle(order, "received")
    park(order, next_action="Correct the material.")
    return order


def test_why_an_order_is_stuck_takes_one_click(at_desk: Callable[[str], Hand], stuck: Order) -> None:
    operations = at_desk("operations")
    operations.click(operations.page.locator("#content").get_by_role("link", name="SAP knows no such material."))
    operations.says("SAP knows no such material.")
    operations.says(stuck.number)
    assert operations.clicks == 1


def test_why_a_scanned_order_is_stuck_takes_none(at_desk: Callable[[str], Hand], stuck: Order) -> None:
    sales = at_desk("sales")
    sales.scan(stuck.number)
    sales.says("sap is parked: SAP knows no such material. Correct the material.")
    assert sales.clicks == 0


def test_what_failed_since_eight_is_sent_again_with_two_clicks(at_desk: Callable[[str], Hand], stuck: Order) -> None:
    stuck.steps.filter(name="sap").update(finished_at=timezone.now() - timedelta(seconds=1))
    operations = at_desk("operations")
    operations.click(operations.page.get_by_role("link", name="Send again"))
    operations.press("Send 1 step again")
    operations.says("1 step sent again: tried now.")
    assert operations.clicks == 2
    assert stuck.steps.get(name="sap").state == "queued"


def test_sap_is_paused_with_a_reason_with_two_clicks(at_desk: Callable[[str], Hand], stuck: Order) -> None:
    operations = at_desk("operations")
    operations.press("Pause: sap")
    operations.page.locator(":focus").press_sequentially("upgrade")
    operations.press("Pause sap")
    operations.says("upgrade")
    assert operations.clicks == 2
    assert Destination.objects.get(name="sap").pause_reason == "upgrade"


def test_a_slip_is_printed_again_with_a_scan_and_one_click(
    at_desk: Callable[[str], Hand], stuck: Order, printer: Printer
) -> None:
    PrintJob.objects.create(order=stuck, printer=printer, state="done")
    wim = at_desk("warehouse")
    wim.scan(stuck.number)
    wim.press("Reprint the slip")
    wim.says(f"{stuck.number}/r1/c2: to be sent")
    assert wim.clicks == 1


def test_the_pick_list_of_the_open_orders_takes_one_click(at_desk: Callable[[str], Hand], stuck: Order) -> None:
    wim = at_desk("warehouse")
    wim.press("Pick list")
    wim.says("1 of 1 order left to pack.")
    assert wim.clicks == 1
    assert PickList.objects.get().entries.get().order == stuck


def test_an_order_is_cancelled_with_a_reason_with_a_scan_and_two_clicks(
    at_desk: Callable[[str], Hand], stuck: Order
) -> None:
    sales = at_desk("sales")
    sales.scan(stuck.number)
    sales.press("Cancel…")
    sales.page.locator(":focus").press_sequentially("Ordered twice.")
    sales.press("Yes, cancel 1 order")
    sales.says("Cancelled by sales")
    assert sales.clicks == 2
    stuck.refresh_from_db()
    assert stuck.status == "cancelled"
