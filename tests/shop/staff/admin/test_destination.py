"""Destinations: paused, resumed, their circuit breaker closed."""

from django.utils import timezone

from orders.models import Destination, Order
from tests.shop.staff.conftest import act, staff


def test_a_destination_is_paused_and_goes_on(order: Order) -> None:
    operations = staff("operations")
    operations.get("/admin/orders/destination/")  # The list makes the missing rows.
    sap = Destination.objects.get(name="sap")
    assert "Sap is paused; steps held for it: 1." in act(operations, "orders/destination", "pause", sap).text
    sap.refresh_from_db()
    assert (sap.paused, sap.paused_by) == (True, "operations")
    assert "Sap goes on" in act(operations, "orders/destination", "resume", sap).text
    Destination.objects.update(open_until=timezone.now(), failures=7)
    assert "the breaker is closed" in act(operations, "orders/destination", "close_breaker", sap).text
    sap.refresh_from_db()
    assert (sap.paused, sap.open_until, sap.failures) == (False, None, 0)
