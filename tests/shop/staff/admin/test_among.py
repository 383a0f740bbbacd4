"""A part of a name is looked for among the newest orders first: all of them are read only where that is needed."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from shop.staff.admin import among
from shop.staff.find import reach
from tests.factories import make_order

LIST = "/admin/orders/order/"


@pytest.fixture
def orders(db: None, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """Six orders, of which the last three are the newest."""
    names = ["Ines Baum", "Otto Baum", "Lea Moor", "Jan Baum", "Ole Fries", "Pia Fries"]
    made = [make_order(customer_name=name) for name in names]
    for module in (among, reach):
        monkeypatch.setattr(module, "NEWEST", made[-1].pk - made[2].pk)
        monkeypatch.setattr(module, "UNASKED", made[-1].pk - made[0].pk)
    return made


def found(client: Client, query: str) -> list[str]:
    page = client.get(f"{LIST}?{query}")
    return [order.customer_name for order in page.context["cl"].result_list]


def test_the_newest_come_first_and_the_others_where_one_asks_for_all(boss: Client, orders: list[Order]) -> None:
    assert found(boss, "q=baum") == ["Jan Baum"]
    page = boss.get(f"{LIST}?q=baum").text
    assert "first</a>" in page
    assert 'href="?among=all&amp;q=baum"' in page or 'href="?q=baum&amp;among=all"' in page
    assert found(boss, "q=baum&among=all") == ["Jan Baum", "Otto Baum", "Ines Baum"]


def test_what_only_older_orders_have_is_found_all_the_same(boss: Client, orders: list[Order]) -> None:
    assert found(boss, "q=moor") == ["Lea Moor"]
    assert found(boss, "q=otto") == ["Otto Baum"]
    assert found(boss, "q=nobody") == []


def test_so_far_back_that_it_would_take_seconds_only_who_asks_is_led(boss: Client, orders: list[Order]) -> None:
    page = boss.get(f"{LIST}?q=ines&status__exact=received").text
    assert f"No order for “ines” with these filters among the newest {reach.UNASKED:,}." in page
    link = re.search(r'<a href="([^"]+)">Look among all orders</a>', page)
    assert link
    assert found(boss, unescape(link[1]).lstrip("?")) == ["Ines Baum"]
    assert "Look among all" not in boss.get(f"{LIST}?q=nobody&among=all").text


def test_where_all_orders_were_read_nobody_is_told_of_others(
    boss: Client, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (among, reach):
        monkeypatch.setattr(module, "UNASKED", orders[-1].pk)
    page = boss.get(f"{LIST}?q=nobody").text
    assert "No order for “nobody”." in page
    assert "Look among all" not in page


def test_of_the_newest_those_count_that_a_filter_leaves(boss: Client, orders: list[Order]) -> None:
    Order.objects.filter(pk__in=[orders[0].pk, orders[4].pk]).update(status="packed")
    assert found(boss, "q=baum&status__exact=packed&among=all") == ["Ines Baum"]
    Order.objects.filter(pk=orders[1].pk).update(status="packed")
    assert found(boss, "q=baum&status__exact=packed") == ["Otto Baum"]


@pytest.mark.parametrize("query", ["", "q=", "status__exact=received", "q=7K3M-Q9TX-2BDF"])
def test_nobody_is_asked_where_it_makes_no_difference(boss: Client, orders: list[Order], query: str) -> None:
    assert "among=all" not in boss.get(f"{LIST}?{query}").text


def test_a_desk_with_few_orders_is_not_asked(boss: Client) -> None:
    make_order(customer_name="Ines Baum")
    assert "among=all" not in boss.get(f"{LIST}?q=baum").text


def test_older_orders_are_not_read_where_the_newest_have_it(boss: Client, orders: list[Order]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as read:
        found(boss, "q=baum")
    scans = [one["sql"] for one in read.captured_queries if "LIKE" in one["sql"].upper()]
    assert len(scans) == 1
    assert f"> {orders[2].pk}" in scans[0]
