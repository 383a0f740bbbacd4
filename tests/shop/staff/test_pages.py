"""Every page in a real browser: readable for everybody, at every width, light and dark; nothing on the console."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from integrations.connections import Finding
from orders import api_keys, lifecycle, pick_lists
from orders.models import Attempt, DeadLetter, Destination, Order, OrderLine, Step
from orders.models.api_key import Scope
from printing.models import Printer, PrintJob
from shop.staff.limits import LIMIT
from tests.factories import make_order, make_product
from tests.servers.browser import Scheme, Window
from tests.shop.staff.conftest import park, settle, staff

WIDTHS = [1440, 820, 390]
SCHEMES: list[Scheme] = ["light", "dark"]
JUDGED = [(1440, "light"), (390, "light"), (390, "dark")]
LONG = "Freifrau Wilhelmine-Charlotte von der Recke-Volmerstein zu Overdyck"


@pytest.fixture
def filled(job: PrintJob, live_server: LiveServer) -> list[str]:
    """A desk in every state that staff may find it in; the addresses of all its pages."""
    make_order(customer_name=LONG, note="GIFT, NO INVOICE. " * 8)
    for status in ("processed", "packed", "shipped"):
        settle(make_order(), status)
    sent = make_order(status="packed", customer_name=LONG, note="Ring twice. " * 20)
    lifecycle.add_shipment(sent.pk, "dhl", "JD014600012345678901", by="wim")
    lifecycle.add_shipment(sent.pk, "hermes", "H" * 64, by="wim")
    Order.objects.filter(pk=sent.pk).update(packed_at=timezone.now())
    stuck = make_order([(make_product(name="Paper filters, size 2, unbleached, pack of one hundred"), 200)])
    step = park(stuck, reason="SAP refused the order: material MAT-0034 unknown in plant 1710 (V1/382). " * 2)
    Attempt.objects.create(step=step, number=1, started_at=timezone.now(), outcome="permanent", answer="x" * 300)
    Step.objects.filter(order=stuck, name="marketing").update(state="waiting", reason="HTTP 503")
    Destination.objects.create(name="sap", open_until=timezone.now() + timedelta(hours=1), reason="HTTP 503 " * 20)
    Destination.objects.create(name="marketing", paused=True)
    letter = DeadLetter.objects.create(
        queue="sap", reason="Broken. " * 20, body=b"\xff" * 300, headers={"x": "y" * 200}
    )
    attempt = AccessAttempt.objects.create(username="wim", ip_address="2001:db8:1:2::", failures_since_start=5)
    rows: dict[str, Iterable[Any]] = {
        "orders/order": [make_order(), stuck, sent],
        "orders/step": [step],
        "orders/destination": Destination.objects.all(),
        "orders/deadletter": [letter],
        "orders/apikey": [api_keys.make("Web shop", Scope, by="lena")[0]],
        "orders/product": [make_product()],
        "printing/printer": Printer.objects.all(),
        "printing/printjob": [job],
        "axes/accessattempt": [attempt],
        "auth/user": [User.objects.create_user("somebody")],
        "auth/group": Group.objects.all()[:1],
    }
    found = ["", "password_change/", "orders/step/since/", "integrations/connection/", "integrations/purchase/"]
    found += ["nowhere/", "orders/order/?q=nothing", "orders/order/?step=parked", "orders/product/add/", "orders/"]
    found += desk_pages()
    for model, some in rows.items():
        found += [f"{model}/", *(f"{model}/{row.pk}/change/" for row in some)]
    found += [
        f"orders/order/{stuck.pk}/history/",
        f"orders/order/{stuck.pk}/parcels/",
        f"orders/order/{sent.pk}/parcels/",
        "printing/printer/add/",
        "orders/apikey/add/",
        f"orders/product/{make_product().pk}/delete/",
        "orders/product/import/",
        f"orders/product/{OrderLine.objects.values_list('product', flat=True)[0]}/delete/",
    ]
    return found


def desk_pages() -> list[str]:
    """The desk's own, beside the admin's: an open pick list with a cancelled order among them."""
    listed = make_order(customer_name=LONG, note="GIFT, NO INVOICE. " * 8)
    settle(listed, "processed")
    gone = make_order()
    settle(gone, "processed")
    made = pick_lists.take(Order.objects.filter(pk__in=[listed.pk, gone.pk]), by="wim")[0]
    lifecycle.cancel_order(gone.pk, by="sara", reason="Ordered twice. " * 9)
    finds = [f"/desk/find?q={text}" for text in ("", LONG.split()[0], "nobody-has-this", "x" * 300)]
    return ["/desk/picklists", f"/desk/picklists/{made.pk}", f"/desk/picklists/{made.pk}/end", *finds]


@pytest.fixture
def visit(window: Window, live_server: LiveServer) -> Callable[[str], None]:
    """Opens a page of the admin, or that of an address with a slash before it."""

    def visited(path: str) -> None:
        window.page.goto(f"{live_server}{path if path.startswith('/') else f'/admin/{path}'}")

    return visited


def faults(window: Window, path: str) -> Iterator[str]:
    """What is wrong with the page that is open, at every width, light and dark."""
    for width, scheme in product(WIDTHS, SCHEMES):
        window.resize(width)
        window.switch_to(scheme)
        where = f"/admin/{path} at {width} px, {scheme}"
        if wider := window.overflow():
            yield f"{where}: {wider} px wider than the window: {window.widest()}"
        # Half a second each. Below 1,024 px all widths have one layout, and what axe judges is the same there.
        if (width, scheme) in JUDGED:
            yield from (f"{where}: {finding}" for finding in window.findings())


@pytest.mark.timeout(300)
def test_every_page_is_fit_for_everybody(
    window: Window,
    live_server: LiveServer,
    sign_in: Callable[[Client, str], None],
    visit: Callable[[str], None],
    filled: list[str],
) -> None:
    window.allowed = ["404 (Not Found)"]
    sign_in(staff(""), live_server.url)
    found = []
    for path in filled:
        visit(path)
        found += list(faults(window, path))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_each_role_finds_its_way_and_is_told_what_it_may_not_open(
    window: Window,
    live_server: LiveServer,
    sign_in: Callable[[Client, str], None],
    visit: Callable[[str], None],
    filled: list[str],
    role: str,
) -> None:
    window.allowed = ["403 (Forbidden)"]
    sign_in(staff(role), live_server.url)
    visit("")
    links = window.page.locator("#front a").evaluate_all("all => all.map(one => one.href)")
    refused = {link for link in links if window.page.request.get(link).status != 200}
    visit("auth/user/add/")
    assert window.page.locator("#content h1").inner_text() == "Not for you"
    assert f"Your account, {role}, may not do this." in window.page.locator("#content").inner_text()
    assert window.findings() == []
    window.page.get_by_role("link", name="To the front page").click()
    assert window.page.title().startswith("Today")
    assert len(links) > 3
    assert refused == set()


def test_a_form_that_waited_too_long_says_so(window: Window, live_server: LiveServer, db: None) -> None:
    window.allowed = ["403 (Forbidden)"]
    User.objects.create_superuser("boss", password="secret")
    window.page.goto(f"{live_server}/admin/login/")
    window.context.clear_cookies()
    window.page.fill("#id_username", "boss")
    window.page.fill("#id_password", "secret")
    window.page.click("[type=submit]")
    assert window.page.locator("#content h1").inner_text() == "Please try that again"


def test_who_guesses_sees_what_to_do(window: Window, live_server: LiveServer, db: None) -> None:
    window.allowed = ["429 (Too Many Requests)"]
    window.page.goto(f"{live_server}/admin/login/")
    for number in range(LIMIT):
        window.page.fill("#id_username", "wim")
        window.page.fill("#id_password", f"wrong {number}")
        window.page.click("[type=submit]")
    assert "wait 15 minutes" in window.page.locator(".errornote").inner_text()
    assert list(faults(window, "login/")) == []


def test_a_page_that_broke_says_so(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.allowed = ["500 (Internal Server Error)"]
    sign_in(staff(""), live_server.url)
    monkeypatch.setattr("shop.staff.figures.figures", lambda first, last: 1 / 0)
    window.page.goto(f"{live_server}/admin/integrations/purchase/")
    assert window.page.locator("h1").inner_text() == "Something went wrong"
    assert window.page.evaluate("getComputedStyle(document.body).getPropertyValue('--space-5')"), "it has no colours"
    assert list(faults(window, "integrations/purchase/")) == []


def test_what_the_connections_answer_can_be_read(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        Finding("sap", True, "It lets us in.", ""),
        Finding("marketing", False, "HTTP 401. " * 20, "Look at the key."),
    ]
    monkeypatch.setattr("shop.staff.connections.try_connections", lambda: found)
    sign_in(staff("operations"), live_server.url)
    window.page.goto(f"{live_server}/admin/integrations/connection/")
    window.page.get_by_role("button", name="Try all connections").click()
    assert window.page.locator(".desk-badge").all_inner_texts() == ["✓ ok", "! wrong"]
    assert list(faults(window, "integrations/connection/")) == []


def test_figures_can_be_read(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    top = [{"sku": "A", "name": LONG, "pieces": 40}, {"sku": "B", "name": "Whisk", "pieces": 3}]
    day = {"day": date(2026, 11, 27), "currency": "EUR", "orders": 69, "revenue": "13727.50", "pieces": 600}
    day |= {"cancelled": 2, "recorded": 60}
    monkeypatch.setattr("shop.staff.figures.figures", lambda *_: [day | {"customers": 60, "top_products": top}] * 30)
    sign_in(staff("sales"), live_server.url)
    window.page.goto(f"{live_server}/admin/integrations/purchase/")
    assert window.page.locator(".desk-table tbody tr").count() == 30
    assert list(faults(window, "integrations/purchase/")) == []
