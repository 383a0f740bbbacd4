"""A real desk is killed and started again between two scans: nothing is lost, and nothing counts twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.end_to_end.desk import TestDesk, desk, wait_for
from tests.end_to_end.staff import Staff
from tests.servers.browser import Window
from tests.shop.staff.pack.desk_window import Station


@pytest.fixture
def open_here(own_folder: Path) -> Iterator[TestDesk]:
    with desk(own_folder, {"SHOP_ORDER_STEPS": "printing"}) as here:
        yield here


@pytest.mark.timeout(180)
def test_a_server_that_is_gone_between_two_scans_loses_none(open_here: TestDesk, window: Window) -> None:
    window.allowed = ["ERR_", "Failed to load"]
    number = open_here.post({"customer_name": "Emma Smith", "lines": [{"product_id": 4, "quantity": 5}]})
    open_here.wait_until_processed(number)
    sku = open_here.get(number)["lines"][0]["sku"]
    staff = Staff(open_here)
    cookie = {"name": "sessionid", "value": staff.browser.cookies["sessionid"], "url": open_here.url}
    window.context.add_cookies([cookie])  # type: ignore[list-item]
    station = Station(window, open_here.url)
    station.scan(number, sku)
    station.says("1 of 5 pieces")
    open_here.processes["web"].kill()
    station.scan(sku)
    station.says("NOT COUNTED: no connection.")
    station.beeped("bad")
    expect(window.page.locator("#code")).to_have_value(sku)
    station.press("Enter")
    station.says("NOT COUNTED: no connection.")
    open_here.start_web(processes=1)
    station.press("Enter")
    station.says("2 of 5 pieces")
    station.says_no("NOT COUNTED")
    station.scan(sku, sku, sku)
    station.says("ALL IN.")
    station.press("Enter")
    station.says("Scan the parcel’s")
    wait_for(lambda: open_here.get(number)["status"] == "packed", "it is packed")
