"""`manage.py adopt`, and what staff see of a copy before."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from orders.models import Instance, Order
from orders.steps import StepError, why_held
from printing.documents import test_page
from printing.models import Printer
from tests.shop.staff.conftest import boss, order

__all__ = ["boss", "order"]


@pytest.fixture
def copy(order: Order, settings: Settings) -> Printer:
    """A copy of the desk "live", with an order and a printer."""
    Instance.objects.create(name="live", marked_at=timezone.now(), marked_by="manage.py migrate")
    settings.INSTANCE = "rehearsal"
    return Printer.objects.create(name="Gate 9", url="ipp://live.example/printers/gate9")


def adopt(*arguments: str) -> str:
    out = StringIO()
    call_command("adopt", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_what_goes_out_and_where_and_marks_the_database(copy: Printer) -> None:
    with pytest.raises(SystemExit) as ended:
        adopt("--look")
    assert ended.value.code == 1
    assert why_held()
    said = adopt()
    assert "1 steps go to sap." in said
    assert "Gate 9, ipp://live.example/printers/gate9" in said
    assert said.endswith("It is ours now, marked as rehearsal.\n")
    assert why_held() == ""
    assert "This database is ours: rehearsal." in adopt()


def test_every_page_of_staffs_says_that_it_is_a_copy(copy: Printer, boss: Client, order: Order) -> None:
    pages = ["/admin/", "/admin/orders/order/", f"/admin/orders/order/{order.pk}/change/", "/admin/password_change/"]
    pages += [reverse("desk:pack"), reverse("desk:pack-order", args=[order.number])]
    for page in pages:
        text = boss.get(page).content.decode()
        assert text.count('role="alert"') == 1, page
        assert "marked as &#x27;live&#x27;" in text
    adopt()
    assert all('role="alert"' not in boss.get(page).content.decode() for page in pages)


def test_who_is_not_logged_in_learns_nothing_of_it(copy: Printer, client: Client) -> None:
    assert "live" not in client.get("/admin/login/").content.decode()


def test_a_copy_prints_no_test_page(copy: Printer) -> None:
    with pytest.raises(StepError, match="marked as 'live'"):
        test_page.send(copy)
