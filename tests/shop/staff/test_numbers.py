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

LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(?:<b>)?(\d+)(?:</b>|</a>| order)')


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
NUMBERS = {"orders": 10, "to pack": 3, "packed, to ship": 1}


def links(page: str) -> list[tuple[str, int]]:
    return [(unescape(url), int(number)) for url, number in LINK.findall(page)]


def test_each_number_leads_to_a_list_of_so_many_rows(boss: Client, a_day: None) -> None:
    page = boss.get("/admin/").text
    found = links(page)
    for url, number in found:
        assert boss.get(url).context["cl"].result_count == number, url
    named = re.findall(r"<a [^>]+><b>(\d+)</b> ([^<]+)</a>", page)
    assert {words: int(number) for number, words in named if words in NUMBERS} == NUMBERS
    assert len([url for url, _ in found if "created_at__gte" in url]) == 4  # Today, yesterday by now, and two days.
    assert len([url for url, _ in found if "/step/" in url]) >= 5


def test_every_count_is_a_link_but_for_none_and_what_are_no_rows(boss: Client, a_day: None) -> None:
    counts = re.findall(r'<td class="front-count">(.+)</td>', boss.get("/admin/").text)
    assert not [count for count in counts if re.fullmatch(r"[1-9]\d*", count)]


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


@pytest.mark.parametrize(
    ("currency", "total", "shown"),
    [("JPY", "1200", "1,200"), ("KWD", "4.515", "4.515"), ("EUR", "9.9", "9.90")],
)
def test_revenue_has_the_digits_of_its_currency(boss: Client, db: None, currency: str, total: str, shown: str) -> None:
    make_order(currency=currency, total=Decimal(total))
    assert f"<span><b>{shown}</b> {currency}</span>" in boss.get("/admin/").text


def test_the_front_page_and_the_figures_say_the_same_of_today(boss: Client, a_day: None) -> None:
    (today,) = figures(timezone.localdate(), timezone.localdate())
    page = boss.get("/admin/").text
    assert f"<b>{today['orders']}</b> orders" in page
    assert f"<span><b>{today['revenue']:,.2f}</b> EUR</span>" in page
    assert f"<span><b>{today['pieces']}</b> pieces</span>" in page
