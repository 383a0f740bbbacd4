"""A part of a name is looked for among the newest orders first: all of them are read only where that is needed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from shop.staff.admin import among
from tests.factories import make_order

LIST = "/admin/orders/order/"


@pytest.fixture
def orders(db: None, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """Six orders, of which the last three are the newest."""
    names = ["Ines Baum", "Otto Baum", "Lea Moor", "Jan Baum", "Ole Fries", "Pia Fries"]
    made = [make_order(customer_name=name) for name in names]
    monkeypatch.setattr(among, "NEWEST", made[-1].pk - made[2].pk)
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
    assert found(boss, "q=nobody") == []


def test_of_the_newest_those_count_that_a_filter_leaves(boss: Client, orders: list[Order]) -> None:
    Order.objects.filter(pk__in=[orders[0].pk, orders[4].pk]).update(status="packed")
    assert found(boss, "q=baum&status__exact=packed") == ["Ines Baum"]


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
