"""A right that was withdrawn while a page with its button was open."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from orders.models import Order
from tests.factories import make_order
from tests.shop.staff.conftest import settle, staff


@pytest.mark.parametrize("page", ["list", "order"])
def test_who_may_not_any_more_is_told_so_and_nothing_is_done(db: None, page: str) -> None:
    order = make_order()
    settle(order)
    client = staff("warehouse")
    user = Group.objects.get(name="warehouse").user_set.get()
    user.groups.set([Group.objects.get(name="sales")])
    form = {"action": "pack", "_selected_action": str(order.pk)}
    form |= {"index": "0"} if page == "list" else {"back": f"/admin/orders/order/{order.pk}/change/"}
    answer = client.post("/admin/orders/order/", form)
    assert answer.status_code == 403
    assert "may not do this" in answer.text
    order.refresh_from_db()
    assert order.status == Order.Status.PROCESSED


def test_a_list_without_a_choice_is_as_before(boss: Client) -> None:
    answer = boss.post("/admin/orders/order/", {"action": "", "index": "0"}, follow=True)
    assert answer.status_code == 200
    assert "No action selected" in answer.text or "Items must be selected" in answer.text
