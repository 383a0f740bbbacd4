"""Navigation by job: what each role sees, in which order, where one is, and how much waits."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.urls.base import set_script_prefix

from orders.models import DeadLetter, Order
from printing.models import PrintJob
from shop.staff import navigation
from shop.staff.navigation import RECORDS, WORK, Entry, address
from tests.shop.staff.conftest import park, staff

LINK = re.compile(
    r'<li><a href="([^"]+)"( aria-current="page")?>([^<]+?)(?: <span class="desk-nav-count">(\d+)</span>)?</a></li>'
)
SALES = ["Today", "Orders", "Products", "Trouble", "Figures", "Steps", "Who did what"]
BUILT_ELSEWHERE = {"To pack", "Pick lists"}


def shown(client: Client, url: str = "/admin/") -> list[tuple[str, str, str, str]]:
    """Address, mark, title and count of each entry."""
    return LINK.findall(client.get(url).text)


def titles(client: Client, url: str = "/admin/") -> list[str]:
    return [title for _, _, title, _ in shown(client, url) if title not in BUILT_ELSEWHERE]


def test_each_role_sees_what_it_works_with(db: None) -> None:
    warehouse = [*SALES[:3], "Printers", "Trouble", "Send again", "Steps", "Print jobs", "Who did what"]
    operations = [
        *SALES[:3],
        "Printers",
        "Trouble",
        "Send again",
        "Figures",
        "Destinations",
        "Connections",
        "Attention",
        "Keys",
        "People",
    ]
    assert titles(staff("sales")) == SALES
    assert titles(staff("warehouse")) == warehouse
    assert titles(staff("operations")) == [
        *operations, "Steps", "Print jobs", "Dead letters", "Who did what", "Failed logons",
    ]  # fmt: skip


def test_whoever_is_not_logged_on_sees_none(db: None) -> None:
    assert 'id="desk-nav"' not in Client().get("/admin/login/").text


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations", ""])
def test_every_entry_opens(db: None, role: str) -> None:
    client = staff(role)
    assert {url: client.get(url).status_code for url, *_ in shown(client)} == {url: 200 for url, *_ in shown(client)}


def test_every_list_of_rows_can_be_reached(boss: Client) -> None:
    lists = {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    }
    assert lists <= {url for url, *_ in shown(boss)}


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("", "Today"),
        ("orders/order/", "Orders"),
        ("orders/order/?status__exact=packed", "Orders"),
        ("orders/order/{}/change/", "Orders"),
        ("orders/step/", "Steps"),
        ("trouble/", "Trouble"),
        ("password_change/", None),
    ],
)
def test_the_entry_one_is_at_is_marked(boss: Client, order: Order, url: str, title: str | None) -> None:
    marked = [entry for _, mark, entry, _ in shown(boss, f"/admin/{url.format(order.pk)}") if mark]
    assert marked == ([title] if title else [])


def test_trouble_is_counted_as_far_as_one_may_see_it(order: Order, job: PrintJob) -> None:
    park(order)
    DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"y", sent_again_at=order.created_at)
    found = {role: {title: count for _, _, title, count in shown(staff(role))} for role in ("sales", "operations")}
    assert (found["sales"]["Trouble"], found["operations"]["Trouble"]) == ("2", "4")
    assert found["operations"]["Orders"] == ""


def test_each_number_of_the_trouble_page_leads_to_so_many_rows(boss: Client, order: Order, job: PrintJob) -> None:
    park(order)
    page = boss.get("/admin/trouble/")
    for kind, count in page.context["kinds"]:
        assert boss.get(kind.url).context["cl"].result_count == count, kind.title
    assert [count for _, count in page.context["kinds"]] == [2, 1, 0]


def test_an_entry_without_a_page_is_left_out(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    more = [Entry("Nowhere", "/desk/nowhere", "", WORK, 25), Entry("Lost", "admin:lost", "", RECORDS, 5)]
    there = [
        Entry("API", "/docs/api", "", WORK, 15),
        Entry("Open", "admin:orders_order_changelist?to=pack", "", WORK, 5),
    ]
    monkeypatch.setattr(navigation, "ENTRIES", [*navigation.ENTRIES, *more, *there])
    assert titles(boss)[:4] == ["Open", "Today", "API", "Orders"]
    assert not {"Nowhere", "Lost"} & set(titles(boss))


def test_addresses_stand_below_the_path_that_the_desk_is_mounted_at() -> None:
    set_script_prefix("/shop/")
    try:
        assert address("/docs/api") == "/shop/docs/api"
        assert address("admin:orders_order_changelist?to=pack") == "/shop/admin/orders/order/?to=pack"
    finally:
        set_script_prefix("/")
    assert address("/docs/api") == "/docs/api"
