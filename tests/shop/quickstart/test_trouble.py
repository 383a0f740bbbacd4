"""The walk that `bin/quickstart --trouble` prints, taken in a browser: it must end well."""

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from printing.models import Printer
from shop.quickstart import trouble
from shop.quickstart.processes import Process
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers.browser import Window
from tests.shop.quickstart.test_quickstart import ROOT, environment


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "shop.quickstart", "--trouble"]
    start = Process("quickstart", command, log=tmp_path / "log", env=environment(tmp_path / "var"), cwd=ROOT)
    start.start()
    start.wait_until(lambda: "5. Send again" in start.tail(80), 150)
    yield start
    assert start.stop(60, signal.SIGINT) == 0


def act(page: Page, url: str, row: str, action: str) -> None:
    """On a list of the admin: ticks a row, and presses the button of the bar that rises."""
    page.goto(url)
    page.locator("#result_list tr", has_text=row).locator("input[name=_selected_action]").check()
    page.locator(".desk-bar").get_by_role("button", name=action).first.click()


@pytest.mark.timeout(400)
def test_the_walk_leads_out_of_trouble(desk: Process, window: Window) -> None:
    window.allowed = ["Failed to load resource"]  # The sandbox has no icon.
    text, page = desk.tail(80), window.page
    places = re.findall(r"^ +\d\. [\w ]+?  +(http\S+)", text, re.M)
    password = re.search(r"password (\S+)", text)
    (refused,) = re.findall(r"(\S+)  sap is parked", text)
    assert password
    assert len(places) == 5
    assert len(re.findall(r"\S+  sap is (held|waiting)", text)) == 6

    page.goto(places[0])
    page.fill("#id_username", "admin")
    page.fill("#id_password", password[1])
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#content")).to_contain_text("breaker open")
    page.goto(f"{places[0]}printing/printer/")
    wait_for(lambda: page.reload() and "out of paper" in page.inner_text("#content"), "the printer tells of its paper")

    act(page, places[1], "sap", "Pause")
    page.get_by_label("Why?").fill("Somebody works on it.")
    page.get_by_role("button", name="Pause sap").click()
    expect(page.locator("#result_list tr", has_text="sap")).to_contain_text("paused")

    page.goto(places[2])
    page.locator("section", has_text="SAP (stand-in)").get_by_role("button", name="work again").click()
    page.get_by_role("button", name="put paper in").click()
    expect(page.locator(".failing")).to_have_count(0)

    act(page, places[3], "sap", "Resume")
    act(page, places[3], "sap", "Close the breaker")
    expect(page.locator("#result_list tr", has_text="sap")).to_contain_text("takes steps")

    act(page, places[4], refused, "Send again")
    page.get_by_role("button", name="Yes, ").click()

    wait_for(lambda: len(re.findall(r"SAP \d{10} +job \d+ at Packing table", desk.tail(80))) == 7, desk.tail, 60)
    sales_orders = TestDesk.ask(f"{places[2]}sandbox/orders.json")[1]
    assert set(sales_orders["by_reference"].values()) == {1}
    assert len(sales_orders["by_reference"]) == 7
    jobs = TestDesk.ask(f"{places[2]}sandbox/jobs.json")[1]["jobs"]
    assert [job["printed"] for job in jobs] == [True] * 7


def test_the_printer_is_where_the_sandbox_is_today(db: None) -> None:
    trouble.point_printer(8001, wanted=False)
    assert not Printer.objects.exists()
    for port in (8001, 8007):
        trouble.point_printer(port, wanted=port == 8001)
        assert [printer.url for printer in Printer.objects.all()] == [f"ipp://127.0.0.1:{port}/ipp/print"]


def test_a_printer_that_staff_entered_for_the_stand_in_is_left_to_them(db: None) -> None:
    Printer.objects.create(name="Mine", url="ipp://127.0.0.1:8001/ipp/print")
    trouble.point_printer(8001, wanted=True)
    assert [printer.name for printer in Printer.objects.all()] == ["Mine"]
