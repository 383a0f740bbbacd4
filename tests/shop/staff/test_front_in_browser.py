"""The front page in a real browser: each role's, at every width, light and dark; and refreshed while somebody looks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from orders.database.clock import from_now
from orders.models import Destination, Step, Worker
from printing.models import Printer, PrintJob
from tests.factories import make_order, make_product
from tests.servers.browser import Window
from tests.shop.staff.conftest import park, settle, staff
from tests.shop.staff.test_pages import faults

LONG = "Whisk, stainless steel, with a handle of olive wood, extra long, for the largest of all bowls"
SignIn = Callable[[Client, str], None]


@pytest.fixture
def trouble(live_server: LiveServer, job: PrintJob, printer: Printer) -> None:
    """Every cause at once, with long words in each."""
    make_order([(make_product(name=LONG), 120)])
    for number, status in enumerate(("processed", "packed", "shipped")):
        settle(make_order(created_at=timezone.now() - timedelta(days=number * 9)), status)
    PrintJob.objects.create(order=make_order(), printer=printer, state="claimed")
    for reason in ("SAP refused the order: material MAT-0034 unknown in plant 1710 (V1/382). " * 2, "Blocked."):
        park(make_order(), reason=reason)
    now = {"started_at": from_now(), "queues": ["sap"], "host": "h"}
    Worker.objects.create(name="celery-1@packing-01.warehouse.example.org", seen_at=from_now(), **now)
    Worker.objects.create(name="celery-2@packing-02", seen_at=from_now(timedelta(minutes=-3)), **now)
    Destination.objects.create(name="sap", open_until=timezone.now() + timedelta(hours=1), reason="HTTP 503 " * 20)
    Destination.objects.create(
        name="marketing", paused=True, paused_by="olga", paused_at=timezone.now(), pause_reason="upgrade " * 12
    )


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_it_is_fit_for_everybody_in_every_trouble(
    window: Window, live_server: LiveServer, sign_in: SignIn, trouble: None, role: str
) -> None:
    sign_in(staff(role), live_server.url)
    window.page.goto(f"{live_server}/admin/")
    window.page.locator("summary").click()
    assert window.page.locator("#front tbody tr").count() >= 30
    assert list(faults(window, "")) == []


def test_a_destination_is_resumed_from_where_one_sees_that_it_is_paused(
    window: Window, live_server: LiveServer, sign_in: SignIn, trouble: None
) -> None:
    sign_in(staff("operations"), live_server.url)
    window.page.goto(f"{live_server}/admin/")
    window.page.get_by_role("button", name="Resume: marketing is paused by olga").click()
    expect(window.page.locator(".messagelist")).to_contain_text("arketing goes on")
    expect(window.page.locator(".front-needs")).not_to_contain_text("paused")
    assert window.page.url == f"{live_server}/admin/"


def test_it_is_refreshed_while_somebody_looks_and_the_keyboard_stays_where_it_was(
    window: Window, live_server: LiveServer, sign_in: SignIn, trouble: None
) -> None:
    sign_in(staff("operations"), live_server.url)
    window.page.clock.install()
    window.page.goto(f"{live_server}/admin/")
    expect(window.page.locator(".front-as-of")).to_contain_text("again in 30 s")
    window.page.get_by_role("button", name="Pause: printing").focus()
    window.page.locator("summary").click()
    window.page.get_by_role("button", name="Pause: printing").focus()
    Step.objects.filter(state="parked").delete()
    window.page.clock.run_for(31_000)
    expect(window.page.locator(".front-needs")).not_to_contain_text("parked")
    assert window.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Pause: printing"
    assert window.page.locator("details").get_attribute("open") is not None


def test_when_it_can_not_be_refreshed_it_says_since_when(
    window: Window, live_server: LiveServer, sign_in: SignIn, trouble: None
) -> None:
    window.allowed = ["Failed to load resource", "Failed to fetch"]
    sign_in(staff("operations"), live_server.url)
    window.page.clock.install()
    window.page.goto(f"{live_server}/admin/")
    since = window.page.locator("#front-as-of").inner_text()
    window.page.route("**/admin/front/", lambda route: route.abort())
    window.page.clock.run_for(31_000)
    expect(window.page.locator("#front-stale")).to_contain_text(f"Not refreshed since {since}")
    window.page.unroute("**/admin/front/")
    window.page.clock.run_for(31_000)
    expect(window.page.locator("#front-stale")).to_be_hidden()


def test_it_is_not_refreshed_while_nobody_looks(
    window: Window, live_server: LiveServer, sign_in: SignIn, trouble: None
) -> None:
    asked: list[str] = []
    sign_in(staff("operations"), live_server.url)
    window.page.clock.install()
    window.page.goto(f"{live_server}/admin/")
    window.page.on("request", lambda request: asked.append(request.url) if "front" in request.url else None)
    window.page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})")
    window.page.evaluate("window.away = true")
    window.page.clock.run_for(120_000)
    assert asked == []
    Step.objects.filter(state="parked").delete()
    window.page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(window.page.locator(".front-needs")).not_to_contain_text("parked")
