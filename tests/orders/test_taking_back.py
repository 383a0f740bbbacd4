"""Packed and shipped are taken back: soon by who did it, later by operations; what can't be taken back is named."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from orders import lifecycle
from orders.database.clock import from_now
from orders.errors import NotTakenBack
from orders.models import Deed, Order, Step
from orders.shipments import Parcel
from orders.taking_back import SOON, take_back
from tests.factories import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Packed by wim, its slip out, SAP still to come."""
    made = make_order(email="mo@example.net")
    made.steps.filter(name="printing").update(state="done")
    lifecycle.pack(Order.objects.filter(pk=made.pk), by="wim")
    made.refresh_from_db()
    return made


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.SHIP_STEPS = {"mail_shipped": "integrations.mail.tasks.tell_of_shipping"}


def refused(order: Order, was: str, *, by: str = "wim") -> str:
    before = Order.objects.values().get(pk=order.pk)
    with pytest.raises(NotTakenBack) as caught:
        take_back(order.pk, was, by=by)
    assert Order.objects.values().get(pk=order.pk) == before
    assert not order.deeds.filter(what="undone").exists()
    return str(caught.value)


@pytest.mark.parametrize("settled", [True, False])
def test_a_packed_order_is_what_it_was_before(order: Order, settled: bool) -> None:
    Order.objects.filter(pk=order.pk).update(settled_at=from_now() if settled else None)
    assert take_back(order.pk, "packed", by="wim") == []
    order.refresh_from_db()
    assert (order.status, order.packed_at) == ("processed" if settled else "received", None)
    assert lifecycle.to_pack(Order.objects.all()).get() == order
    told = [(deed.what, deed.by, deed.detail) for deed in order.deeds.order_by("pk")]
    assert told == [("packed", "wim", ""), ("undone", "wim", "It was packed.")]
    assert order.events.order_by("seq").values_list("type", flat=True).last() == "order.unpacked"


def test_a_shipped_order_is_packed_again_and_keeps_its_parcels(order: Order) -> None:
    packed_at = order.packed_at
    lifecycle.ship_order(order.pk, [Parcel("dhl", "77")], by="wim")
    assert take_back(order.pk, "shipped", by="wim") == ["It keeps its parcels: DHL 77. Keep them back."]
    order.refresh_from_db()
    assert (order.status, order.packed_at, order.shipped_at) == ("packed", packed_at, None)
    assert order.events.order_by("seq").values_list("type", flat=True).last() == "order.unshipped"
    assert "DHL 77" in order.deeds.get(what="undone").detail
    take_back(order.pk, "packed", by="wim")


def test_the_mail_that_was_not_sent_is_stopped_and_goes_with_the_next_shipping(order: Order, mailing: None) -> None:
    everybody = Order.objects.all()
    lifecycle.ship(everybody, by="wim")
    assert take_back(order.pk, "shipped", by="wim") == []
    assert order.steps.get(name="mail_shipped").state == "cancelled"
    lifecycle.ship(everybody, by="wim")
    assert order.steps.get(name="mail_shipped").state == "queued"


def test_a_mail_that_was_sent_is_named_and_not_sent_again(order: Order, mailing: None) -> None:
    lifecycle.ship(Order.objects.all(), by="wim")
    order.steps.filter(name="mail_shipped").update(state="done", reference="<1@shop>")
    (said,) = take_back(order.pk, "shipped", by="wim")
    assert said.startswith("The customer was told by mail")
    assert said in order.deeds.get(what="undone").detail
    lifecycle.ship(Order.objects.all(), by="wim")
    assert order.steps.get(name="mail_shipped").state == "done"


def test_a_mail_that_may_have_been_sent_is_named_and_asked_about_next_time(order: Order, mailing: None) -> None:
    lifecycle.ship(Order.objects.all(), by="wim")
    order.steps.filter(name="mail_shipped").update(state="parked", reference="<1@shop>")
    assert take_back(order.pk, "shipped", by="wim") == ["The mail that it is on its way may have been sent."]
    lifecycle.ship(Order.objects.all(), by="wim")
    assert order.steps.get(name="mail_shipped").reference == "<1@shop>"  # Its task asks a person.


def test_nothing_is_taken_back_while_the_mail_goes_out(order: Order, mailing: None) -> None:
    lifecycle.ship(Order.objects.all(), by="wim")
    token = "6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11"
    Step.objects.filter(order=order, name="mail_shipped").update(state="running", token=token)
    assert "runs at this moment" in refused(order, "shipped")


def test_who_has_no_address_was_told_nothing(order: Order, mailing: None) -> None:
    Order.objects.update(email="")
    lifecycle.ship(Order.objects.all(), by="wim")
    order.steps.filter(name="mail_shipped").update(state="done")
    assert take_back(order.pk, "shipped", by="wim") == []


def test_somebody_else_is_told_whom_to_ask_and_operations_may(order: Order) -> None:
    assert refused(order, "packed", by="lena").startswith("wim did it")
    take_back(order.pk, "packed", by="lena", any_time=True)


def test_after_ten_minutes_only_operations_may(order: Order) -> None:
    Deed.objects.update(at=from_now(-SOON - timedelta(seconds=1)))
    assert "more than 10 minutes ago" in refused(order, "packed")
    Deed.objects.update(at=from_now(-SOON + timedelta(seconds=20)))
    take_back(order.pk, "packed", by="wim")


def test_only_the_last_time_counts(order: Order) -> None:
    take_back(order.pk, "packed", by="wim")
    lifecycle.pack(Order.objects.all(), by="lena")
    with pytest.raises(NotTakenBack, match="lena did it"):
        take_back(order.pk, "packed", by="wim")


def test_what_it_is_not_is_not_taken_back(order: Order) -> None:
    assert "not shipped" in refused(order, "shipped")
    assert "can't be taken back" in refused(order, "cancelled")
    lifecycle.ship(Order.objects.all(), by="wim")
    assert refused(order, "packed").endswith("Take that back first.")
    take_back(order.pk, "shipped", by="wim")
    with pytest.raises(NotTakenBack, match="is packed, not shipped"):
        take_back(order.pk, "shipped", by="wim")
