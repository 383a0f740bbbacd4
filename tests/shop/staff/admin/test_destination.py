"""Destinations: paused, resumed, their circuit breaker closed."""

from typing import Any

import pytest
from django.utils import timezone

from orders.models import Destination, Order
from tests.shop.staff.conftest import act, staff


def test_a_destination_is_paused_and_goes_on(order: Order) -> None:
    operations = staff("operations")
    operations.get("/admin/orders/destination/")  # The list makes the missing rows.
    sap = Destination.objects.get(name="sap")
    asked = act(operations, "orders/destination", "pause", sap).text
    assert "1 open step will be held from now on." in asked
    sap.refresh_from_db()
    assert not sap.paused
    said = act(operations, "orders/destination", "pause", sap, confirmed="yes").text
    assert "Sap is paused; steps held for it: 1." in said
    assert "paused</span> by operations since" in said
    assert "“Upgrade until noon.”" in said
    sap.refresh_from_db()
    assert (sap.paused, sap.paused_by, sap.pause_reason) == (True, "operations", "Upgrade until noon.")
    assert "sap is paused by operations (“Upgrade until noon.”)" in operations.get("/admin/orders/step/").text
    assert "Sap goes on" in act(operations, "orders/destination", "resume", sap).text
    Destination.objects.update(open_until=timezone.now(), failures=7)
    assert "the breaker is closed" in act(operations, "orders/destination", "close_breaker", sap).text
    sap.refresh_from_db()
    assert (sap.paused, sap.pause_reason, sap.open_until, sap.failures) == (False, "", None, 0)


REASONS = [
    ("", "Please say why"),
    ("   ", "Please say why"),
    ("x" * 201, "200 characters at most; these are 201"),
    ("a\u202eb", "control character"),
    ("\u3164", "nothing to read"),
]


@pytest.mark.parametrize(("reason", "said"), REASONS)
def test_without_a_readable_reason_nothing_is_paused_or_cancelled(order: Order, reason: str, said: str) -> None:
    operations, sap = staff("operations"), Destination.objects.create(name="sap")
    rows: list[tuple[str, str, Any]] = [("destination", "pause", sap), ("order", "cancel", order)]
    for model, action, row in rows:
        assert said in act(operations, f"orders/{model}", action, row, confirmed="yes", reason=reason).text
    sap.refresh_from_db()
    order.refresh_from_db()
    assert (sap.paused, order.status) == (False, "received")


def test_what_lets_several_destinations_go_on_says_first_what_goes_now_and_what_stays_held(order: Order) -> None:
    operations = staff("operations")
    sap = Destination.objects.create(name="sap", paused=True, paused_by="olga", open_until=timezone.now())
    marketing = Destination.objects.create(name="marketing", paused=True, paused_by="olga")
    asked = act(operations, "orders/destination", "resume", sap, marketing).text
    assert "Resume 2 destinations?" in asked
    assert "Still held: 1, since sap’s circuit breaker is open" in asked
    assert "Tried now: 1." in asked
    assert Destination.objects.filter(paused=True).count() == 2
    act(operations, "orders/destination", "resume", sap, marketing, confirmed="yes")
    assert not Destination.objects.filter(paused=True).exists()


def test_why_an_order_was_cancelled_stays_in_its_history(order: Order) -> None:
    sales = staff("sales")
    assert "Why is it cancelled?" in act(sales, "orders/order", "cancel", order).text
    act(sales, "orders/order", "cancel", order, confirmed="yes", reason="Ordered twice. ")
    assert [(deed.what, deed.detail) for deed in order.deeds.all()] == [("cancelled", "Ordered twice.")]
    assert "Ordered twice." in sales.get(f"/admin/orders/order/{order.pk}/change/").text
