"""Steps: sent again, or marked as done by hand, after a question."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order, Step
from tests.shop.staff.conftest import act, park, settle, staff


@pytest.mark.parametrize("model", ["orders/order", "orders/step"])
def test_sending_again_shows_the_count_first(order: Order, model: str) -> None:
    step = park(order)
    row: Any = order if model == "orders/order" else step
    operations = staff("operations")
    asked = act(operations, model, "send_again", row).text
    assert "Yes, send 1 step again" in asked
    assert "SAP knows no such material." in asked
    step.refresh_from_db()
    assert step.state == "parked"
    assert "1 step sent again: tried now." in act(operations, model, "send_again", row, confirmed="yes").text
    step.refresh_from_db()
    assert step.state == "queued"


def test_a_parked_step_is_marked_as_done_after_asking(order: Order) -> None:
    operations, row = staff("operations"), order.steps.get(name="sap")
    order.steps.filter(name="sap").update(state=Step.State.PARKED, reason="Cancel it in SAP.")
    assert "Yes, mark 1 step as done by hand" in act(operations, "orders/step", "done_by_hand", row).text
    assert order.steps.get(name="sap").state == "parked"
    assert "1 step marked as done by hand" in act(operations, "orders/step", "done_by_hand", row, confirmed="yes").text
    assert order.steps.get(name="sap").state == "done"


def test_what_is_done_is_not_sent_again(boss: Client, order: Order) -> None:
    settle(order)
    page = act(boss, "orders/order", "send_again", order, confirmed="yes").text
    assert "None of these steps can be sent again" in page
    assert set(order.steps.values_list("state", flat=True)) == {"done"}


def test_all_that_failed_since_a_time_is_counted_then_sent(order: Order) -> None:
    operations, now = staff("operations"), timezone.localtime()
    step = park(order)
    old = park(order, "printing", finished_at=timezone.now() - timedelta(days=3))
    day = now - timedelta(days=1)
    since = {"since_0": day.date().isoformat(), "since_1": day.strftime("%H:%M:%S"), "name": ""}
    assert "Count them" in operations.get("/admin/orders/step/since/").text
    assert "Yes, send 1 step again" in operations.post("/admin/orders/step/since/", since).text
    operations.post("/admin/orders/step/since/", since | {"confirmed": "yes"})
    step.refresh_from_db()
    old.refresh_from_db()
    assert (step.state, old.state) == ("queued", "parked")
