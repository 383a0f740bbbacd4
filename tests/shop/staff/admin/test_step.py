"""Steps: sent again, or marked as done by hand, after a question."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from orders.models import Order, Step
from tests.factories import make_order
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
    operations = staff("operations")
    step = park(order)
    old = park(order, "printing", finished_at=timezone.now() - timedelta(days=3))
    since = {"since": f"{timezone.localtime() - timedelta(days=1):%Y-%m-%dT%H:%M}", "name": ""}
    page = operations.get("/admin/orders/step/since/", since).text
    assert "Send 1 step again" in page
    assert "Tried now, on a fresh schedule: 1." in page
    sent = operations.post("/admin/orders/step/since/", hidden(page), follow=True).text
    assert "1 step sent again: tried now." in sent
    step.refresh_from_db()
    old.refresh_from_db()
    assert (step.state, old.state) == ("queued", "parked")


def hidden(page: str) -> dict[str, str]:
    """What the page's form would send."""
    form = page.partition('<form method="post" action="/admin/orders/step/since/">')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_what_fails_after_the_count_waits_for_the_next_one(order: Order) -> None:
    operations = staff("operations")
    first = park(order)
    page = operations.get("/admin/orders/step/since/", {"since": "2020-01-01T00:00"}).text
    later = park(make_order())
    operations.post("/admin/orders/step/since/", hidden(page))
    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.state, later.state) == ("queued", "parked")


def test_a_step_whose_worker_died_has_failed_too_and_one_destination_is_counted_alone(order: Order) -> None:
    park(order, finished_at=None, started_at=timezone.now())
    park(order, "marketing")
    operations = staff("operations")
    assert "Send 2 steps again" in operations.get("/admin/orders/step/since/", {"since": "2020-01-01T00:00"}).text
    page = operations.get("/admin/orders/step/since/", {"since": "2020-01-01T00:00", "name": "sap"}).text
    assert "Send 1 step again" in page
    assert hidden(page)["name"] == "sap"


def test_without_a_time_it_counts_since_eight_o_clock_in_the_shop_s_time_zone(order: Order, settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    page = staff("operations").get("/admin/orders/step/since/").text
    assert re.search(r'name="since" value="\d{4}-\d\d-\d\dT08:00"', page)
    assert "that of Asia/Tokyo" in page
    assert "Nothing to send again" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2999-01-01T08:00", "is yet to come: it is"),
        ("yesterday", "Please give day and time"),
        ("9" * 40, "Please give"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_future_and_what_is_no_time_are_refused(order: Order, typed: str, said: str, method: str) -> None:
    step, operations = park(order), staff("operations")
    page = getattr(operations, method)("/admin/orders/step/since/", {"since": typed, "confirmed": "yes"}).text
    assert said in page
    assert "Send 1 step again" not in page
    step.refresh_from_db()
    assert step.state == "parked"
