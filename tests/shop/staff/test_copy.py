"""Above every page of a copy it says so, readable for everybody, at every width, light and dark."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from orders.models import Instance
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
