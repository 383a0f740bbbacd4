"""Addresses of lists as nobody's click makes them: an old bookmark, a typing error, somebody who tries things out."""

from typing import Any

import pytest
from django.test import Client

from orders.models import Order
from shop.staff.admin.look_ups import SENTENCE
from tests.shop.staff.conftest import park

# As in production a statement that fails ends no other's transaction.
pytestmark = pytest.mark.django_db(transaction=True)

NEVER = [
    "customer_name__regex=(((", "customer_name__iregex=[", "id__regex=(((", "total__regex=(((",
    "created_at__year=99999", "created_at__year=99999999999999999999", "created_at__iso_year=99999",
    "created_at__gte=x", "created_at__range=1", "total=NaN", "id__in=1,x", "foo=1", "steps__state__regex=(((",
    "_facets=1&customer_name__regex=(((",
]  # fmt: skip
# SQLite looks some of these up.
WHATEVER = [
    "customer_name=%00", "customer_name__in_any_form=%00", "number__gt=%00", "status__in=%00", "p=x&customer_name=%00",
    "id=99999999999999999999999", "created_at__week_day=9999999999999", "shipment_changes=99999999999999",
    "total__gt=1e400", "total__gt=1e999999999", "status=nope", "p=99999999999", "p=-1", "p=x", "o=99.1", "q=%00",
    "q=(((", "e=1", "to=nope", "step_state=nope", "created_at__isnull=7", "customer_name__regex=(a%2B)%2B%24",
]  # fmt: skip


LISTS = {
    "orders/step": "name", "orders/deadletter": "reason", "orders/deed": "by", "orders/product": "sku",
    "orders/destination": "name", "orders/apikey": "client", "printing/printjob": "printer",
    "printing/printer": "name", "axes/accessattempt": "username", "auth/user": "username", "auth/group": "name",
}  # fmt: skip


def is_told(client: Client, address: str) -> bool:
    answer = client.get(f"/admin/{address}", follow=True)
    assert answer.status_code == 200
    return SENTENCE in answer.content.decode()


def test_what_can_not_be_looked_up_is_told_once_above_the_whole_list(boss: Client, order: Order) -> None:
    assert [query for query in NEVER if not is_told(boss, f"orders/order/?{query}")] == []
    assert order.number in boss.get("/admin/orders/order/?id__regex=(((", follow=True).content.decode()
    assert not is_told(boss, "orders/order/")


@pytest.mark.usefixtures("on_postgresql")
def test_postgresql_looks_up_no_zero_byte(boss: Client) -> None:
    assert is_told(boss, "orders/order/?customer_name=%00")


def test_whatever_a_list_is_asked_for_it_is_shown(boss: Client, order: Order) -> None:
    for query in WHATEVER:
        is_told(boss, f"orders/order/?{query}")


def test_so_it_is_in_every_list(boss: Client, order: Order) -> None:
    park(order)
    asked = [f"{place}/?{look_up}" for place, field in LISTS.items() for look_up in (f"{field}__regex=(((", "id__gt=x")]
    assert [address for address in asked if not is_told(boss, address)] == []


def test_a_fault_of_the_desks_own_is_not_told_as_the_addresss(
    boss: Client, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("a fault of the desk")

    monkeypatch.setattr("shop.staff.admin.order.OrderAdmin.get_queryset", fail)
    boss.raise_request_exception = False
    assert boss.get("/admin/orders/order/").status_code == 500


def test_another_bad_address_of_the_admin_is_answered_with_a_page(boss: Client, order: Order) -> None:
    answer = boss.get("/admin/orders/order/?_to_field=x")
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "That did not work" in answer.content.decode()
