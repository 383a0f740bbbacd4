"""Each number on the front page leads to a list of exactly so many rows, and nobody to a page that is closed to him."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from integrations.statistics.figures import figures
from orders.models import DeadLetter, Destination, Step
from orders.steps import destinations
from tests.factories import make_order
from tests.shop.staff.conftest import settle, staff

LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(?:<b>)?(\d+)(?:</b>|</a>)')


@pytest.fixture
def a_day(db: None) -> None:
    """Orders and steps in all states: of today and earlier, cancelled, held, parked, undoing."""
    make_order(created_at=timezone.now() - timedelta(days=2))
    make_order(status="cancelled", cancelled_at=timezone.now(), steps=["sap_cancel", "marketing_cancel"])
    for state in ("queued", "waiting", "parked", "done"):
        make_order().steps.filter(name__in=["sap", "marketing"]).update(state=state)
    make_order(steps=["sap_cancel"]).steps.update(state="parked")
    make_order().steps.filter(name="printing").update(state="running", token=uuid4())
    for status in ("processed", "packed", "shipped"):
        settle(make_order(), status)
    make_order().steps.filter(name="printing").update(state="done")
    destinations.pause("sap", by="olga")
    Destination.objects.create(name="marketing", open_until=timezone.now(), probe=Step.objects.get(state="running"))
    Destination.objects.update(probe=Step.objects.filter(name="marketing", state="queued").first())
    for sent in (None, timezone.now()):
        DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x", sent_again_at=sent)


# What the front page counts of `a_day`, and how much of it.
NUMBERS = {
    "orders today": 10,
    "to be packed": 3,
    "steps open": 18,
    "parked: somebody must look": 3,
    "dead letter": 1,
}


def links(page: str) -> list[tuple[str, int]]:
    return [(unescape(url), int(number)) for url, number in LINK.findall(page)]


def test_each_number_leads_to_a_list_of_so_many_rows(boss: Client, a_day: None) -> None:
    page = boss.get("/admin/").text
    found = links(page)
    for url, number in found:
        assert boss.get(url).context["cl"].result_count == number, url
    named = re.findall(r"<b>(\d+)</b>([^<]+)", page)
    assert {words: int(number) for number, words in named} == NUMBERS
    assert len(found) == len(NUMBERS) + len(re.findall(r'class="desk-count"><a', page))


def test_every_count_of_a_destination_is_a_link(boss: Client, a_day: None) -> None:
    counts = re.findall(r'<td class="desk-count">(.+)</td>', boss.get("/admin/").text)
    assert not [count for count in counts if re.fullmatch(r"\d+", count)]


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_no_link_leads_to_a_page_that_is_closed_to_the_role(a_day: None, role: str) -> None:
    client = staff(role)
    seen: set[str] = set()
    for page in ("/admin/", "/admin/orders/order/", "/admin/orders/step/", "/admin/orders/destination/"):
        for url in map(unescape, re.findall(r'<a [^>]*href="(/[^"]+)"', client.get(page).text)):
            if url not in seen and "logout" not in url:
                seen.add(url)
                assert client.get(url).status_code == 200, (page, url)
    assert ("/admin/orders/deadletter/?again=no" in seen) is (role == "operations")


@pytest.mark.parametrize(("role", "money"), [("sales", True), ("warehouse", False), ("operations", True)])
def test_revenue_is_shown_to_those_who_may_see_the_statistics(a_day: None, role: str, money: bool) -> None:
    assert ("233.10 EUR" in staff(role).get("/admin/").text) is money


@pytest.mark.parametrize(
    ("currency", "total", "shown"),
    [("JPY", "1200", "1,200 JPY"), ("KWD", "4.515", "4.515 KWD"), ("EUR", "9.9", "9.90 EUR")],
)
def test_revenue_has_the_digits_of_its_currency(boss: Client, db: None, currency: str, total: str, shown: str) -> None:
    make_order(currency=currency, total=Decimal(total))
    assert f"order today<br>{shown}</a>" in boss.get("/admin/").text


def test_the_front_page_and_the_statistics_say_the_same_of_today(boss: Client, a_day: None) -> None:
    (today,) = figures(timezone.localdate(), timezone.localdate())
    page = boss.get("/admin/").text
    assert f"<b>{today['orders']}</b>orders today<br>{today['revenue']:,.2f} EUR" in page
