"""Above every page of a copy it says so, readable for everybody, at every width, light and dark."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from orders.models import Deed, Instance
from orders.steps import why_held
from printing.models import Printer
from tests.factories import make_order
from tests.servers.browser import Window
from tests.shop.staff.conftest import staff
from tests.shop.staff.test_pages import faults


@pytest.mark.timeout(180)
def test_a_copy_says_so_above_every_page(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None], settings: Settings
) -> None:
    order = make_order()
    Instance.objects.create(name="production-of-the-northern-warehouse", marked_at=timezone.now(), marked_by="x")
    settings.INSTANCE = "staging"
    sign_in(staff(""), live_server.url)
    found = []
    for path in ("", "orders/order/", f"orders/order/{order.pk}/change/", "printing/printer/add/", "nowhere/"):
        window.allowed = ["404 (Not Found)"]
        window.page.goto(f"{live_server}/admin/{path}")
        said = window.page.get_by_role("alert").inner_text()
        assert said.startswith("All is held. This database is marked as 'production-of-the-northern-warehouse'")
        found += list(faults(window, path))
    assert not found, "\n".join(found)


@pytest.fixture
def copied(db: None, settings: Settings) -> None:
    Instance.objects.create(name="production", marked_at=timezone.now(), marked_by="x")
    settings.INSTANCE = "staging"


def test_on_a_copy_no_destination_is_said_to_take_steps(copied: None) -> None:
    make_order()
    boss = staff("operations")
    front, listed = boss.get("/admin/").text, boss.get("/admin/orders/destination/").text
    assert "All is well" not in front
    assert front.count("the database is a copy") == listed.count("the database is a copy") == 3
    assert "takes steps" not in listed


def test_operations_adopts_a_copy_after_a_question_that_says_what_goes_out(copied: None, printer: Printer) -> None:
    make_order()
    olga = staff("operations")
    assert 'href="/desk/adopt"' in olga.get("/admin/").text
    asked = olga.get("/desk/adopt").text
    assert "1 step open" in asked
    assert printer.url in asked
    olga.post("/desk/adopt")
    assert why_held()
    said = olga.post("/desk/adopt", {"confirmed": "yes"}, follow=True).text
    assert "This database is this desk’s own now." in said
    assert not why_held()
    assert Deed.objects.get(what=Deed.What.ADOPTED).by == "operations"
    assert "nothing is held because of its mark" in olga.post("/desk/adopt", {"confirmed": "yes"}, follow=True).text


@pytest.mark.parametrize("role", ["sales", "warehouse"])
def test_who_may_not_adopt_sees_no_button_for_it(copied: None, role: str) -> None:
    client = staff(role)
    assert "/desk/adopt" not in client.get("/admin/").text
    assert client.post("/desk/adopt", {"confirmed": "yes"}).status_code == 403
    assert why_held()
