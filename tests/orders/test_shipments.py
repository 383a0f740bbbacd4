"""Parcels: added before and after the order is shipped, a tracking number once, remembered and told."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone
from pytest_django import Settings

from orders import lifecycle, shipments
from orders.errors import NoMoreParcels, NotShippable, TrackingNumberTaken
from orders.models import Event, Order, Shipment
from orders.shipments import Parcel
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def parcels(order: Order) -> list[str]:
    return [str(row) for row in order.shipments.all()]


def remembered(order: Order) -> list[tuple[str, str, str]]:
    return [(deed.get_what_display(), deed.by, deed.detail) for deed in order.deeds.order_by("pk")]


def told(order: Order) -> list[tuple[int, str, list[str] | None]]:
    rows = order.events.order_by("seq")
    return [
        (row.seq, row.type, [one["tracking_number"] for one in row.data["shipments"]] if row.data else None)
        for row in rows
    ]


@pytest.mark.parametrize("status", ["received", "packed", "shipped"])
def test_parcels_are_added_before_and_after_the_order_is_shipped(status: str) -> None:
    order = make_order(status=status)
    added = lifecycle.add_shipment(order.pk, "dhl", " jd01-46 ", by="wim")
    lifecycle.add_shipment(order.pk, "ups", "1Z 999", by="lena")
    row = Shipment.objects.get(pk=added.pk)
    assert abs(timezone.now() - row.created_at).total_seconds() < 60
    assert parcels(order) == ["DHL JD0146", "UPS 1Z999"]
    order.refresh_from_db()
    assert (order.status, order.shipment_changes) == (status, 2)
    assert remembered(order) == [("added a parcel", "wim", "DHL JD0146"), ("added a parcel", "lena", "UPS 1Z999")]
    assert told(order) == [
        (1, "order.shipments_changed", ["JD0146"]),
        (2, "order.shipments_changed", ["JD0146", "1Z999"]),
    ]


def test_a_typo_is_corrected_by_removing_and_adding_and_both_are_remembered() -> None:
    order = make_order(status="shipped")
    wrong = lifecycle.add_shipment(order.pk, "dhl", "1", by="wim")
    assert lifecycle.remove_shipment(order.pk, wrong.pk, by="lena")
    assert lifecycle.remove_shipment(order.pk, wrong.pk, by="lena") is None
    lifecycle.add_shipment(order.pk, "dhl", "2", by="lena")
    assert [line[0] for line in remembered(order)] == ["added a parcel", "removed a parcel", "added a parcel"]
    assert [numbers for *_, numbers in told(order)] == [["1"], [], ["2"]]
    order.refresh_from_db()
    assert (order.shipment_changes, parcels(order)) == (3, ["DHL 2"])


def test_a_client_that_asks_for_what_changed_hears_of_parcels() -> None:
    order = make_order(status="shipped")
    Order.objects.update(updated_at=order.created_at - timedelta(days=1))
    parcel = lifecycle.add_shipment(order.pk, "dhl", "1", by="wim")
    assert Order.objects.filter(updated_at__gte=order.created_at).exists()
    Order.objects.update(updated_at=order.created_at - timedelta(days=1))
    lifecycle.remove_shipment(order.pk, parcel.pk, by="wim")
    assert Order.objects.filter(updated_at__gte=order.created_at).exists()


def test_nobody_removes_a_parcel_of_another_order() -> None:
    parcel = lifecycle.add_shipment(make_order().pk, "dhl", "1", by="wim")
    assert lifecycle.remove_shipment(make_order().pk, parcel.pk, by="lena") is None
    assert Shipment.objects.get() == parcel


def test_a_number_of_another_order_is_refused_by_that_orders_number() -> None:
    first, second = make_order(), make_order()
    lifecycle.add_shipment(first.pk, "dhl", "1", by="wim")
    with pytest.raises(TrackingNumberTaken, match=f"DHL 1 is a parcel of order {first.number} already") as caught:
        lifecycle.add_shipments(second.pk, [Parcel("dhl", "2"), Parcel("dhl", "1")], by="wim")
    assert (caught.value.carrier, caught.value.tracking_number) == ("dhl", "1")
    assert parcels(second) == []
    assert told(second) == []
    assert remembered(second) == []
    with pytest.raises(TrackingNumberTaken, match="DHL 1 is a parcel of this order already"):
        lifecycle.add_shipment(first.pk, "dhl", "1", by="wim")
    lifecycle.add_shipment(second.pk, "ups", "1", by="wim")  # Another carrier has numbers of its own.


@pytest.mark.parametrize(
    ("carrier", "number", "said"),
    [("pigeon", "1", "no such carrier"), ("dhl", " - ", "type or scan"), ("dhl", "1\x1d2", "control character")],
)
def test_what_is_no_parcel_is_refused_in_words(carrier: str, number: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        lifecycle.add_shipment(make_order().pk, carrier, number, by="wim")
    assert not Shipment.objects.exists()


def test_a_cancelled_order_gets_no_parcel_but_one_that_it_has_can_be_taken_away() -> None:
    order = make_order()
    parcel = lifecycle.add_shipment(order.pk, "dhl", "1", by="wim")
    lifecycle.cancel_order(order.pk, by="sara")
    with pytest.raises(NoMoreParcels, match="is cancelled"):
        lifecycle.add_shipment(order.pk, "dhl", "2", by="wim")
    assert lifecycle.remove_shipment(order.pk, parcel.pk, by="wim")


def test_an_order_has_so_many_parcels_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipments, "MOST_PARCELS", 2)
    order = make_order()
    lifecycle.add_shipments(order.pk, [Parcel("dhl", "1"), Parcel("dhl", "2")], by="wim")
    with pytest.raises(NoMoreParcels, match="2 parcels at most"):
        lifecycle.add_shipment(order.pk, "dhl", "3", by="wim")


def test_an_order_is_shipped_with_its_parcels_in_one_event() -> None:
    order = make_order(status="packed")
    lifecycle.add_shipment(order.pk, "dhl", "1", by="wim")
    lifecycle.ship_order(order.pk, [Parcel("ups", "2")], by="lena")
    order.refresh_from_db()
    assert order.status == "shipped"
    assert told(order)[1:] == [(2, "order.shipped", ["1", "2"])]
    assert remembered(order)[1:] == [("added a parcel", "lena", "UPS 2"), ("shipped", "lena", "")]


def test_orders_that_are_shipped_from_the_list_tell_of_the_parcels_that_they_have() -> None:
    one, other = make_order(status="packed"), make_order(status="packed")
    lifecycle.add_shipment(one.pk, "dhl", "1", by="wim")
    lifecycle.ship(Order.objects.all(), by="wim")
    assert [told(order)[-1][1:] for order in (one, other)] == [("order.shipped", ["1"]), ("order.shipped", [])]
    lifecycle.add_shipment(one.pk, "dhl", "2", by="wim")
    assert told(one)[-2][2] == ["1"]  # What was told stays as it was.


@pytest.mark.parametrize("status", ["received", "shipped", "cancelled"])
def test_only_what_is_packed_is_shipped_and_else_no_parcel_is_added(status: str) -> None:
    order = make_order(status=status)
    with pytest.raises(NotShippable, match=f"{order.number} is {status}"):
        lifecycle.ship_order(order.pk, [Parcel("dhl", "1")], by="wim")
    assert not Shipment.objects.exists()


def test_when_an_order_was_packed_and_shipped_is_kept() -> None:
    order = make_order(steps=[])
    lifecycle.pack(Order.objects.all(), by="wim")
    order.refresh_from_db()
    assert order.packed_at
    assert order.shipped_at is None
    packed_at = order.packed_at
    lifecycle.ship(Order.objects.all(), by="wim")
    order.refresh_from_db()
    assert order.shipped_at
    assert order.packed_at == packed_at <= order.shipped_at


def test_where_nobody_is_told_anything_parcels_are_kept_all_the_same(settings: Settings) -> None:
    settings.EVENTS = False
    order = make_order(status="packed")
    lifecycle.ship_order(order.pk, [Parcel("dhl", "1")], by="wim")
    assert parcels(order) == ["DHL 1"]
    assert not Event.objects.exists()


def test_a_parcel_of_a_carrier_that_the_shop_no_longer_has_is_called_by_its_key(settings: Settings) -> None:
    parcel = lifecycle.add_shipment(make_order().pk, "dhl", "1", by="wim")
    settings.CARRIERS = {}
    assert (str(parcel), parcel.tracking_url) == ("dhl 1", "")


def at_once(*acts: Any) -> list[Exception | None]:
    """Does them at the same time, each with a connection of its own; what each raised."""
    raised: list[Exception | None] = [None] * len(acts)
    begin = threading.Barrier(len(acts))

    def run(place: int) -> None:
        begin.wait()
        try:
            acts[place]()
        except Exception as error:
            raised[place] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_numbers_at_once_one_is_told_of_the_other() -> None:
    one, other = make_order(), make_order()
    there, back = [Parcel("dhl", "1"), Parcel("dhl", "2")], [Parcel("dhl", "2"), Parcel("dhl", "1")]
    for _ in range(10):
        raised = at_once(
            lambda: lifecycle.add_shipments(one.pk, there, by="wim"),
            lambda: lifecycle.add_shipments(other.pk, back, by="lena"),
        )
        assert sorted(type(error).__name__ for error in raised) == ["NoneType", "TrackingNumberTaken"]
        winner = one if raised[0] is None else other
        assert winner.number in str(raised[0] or raised[1])
        assert set(Shipment.objects.values_list("order", flat=True)) == {winner.pk}
        Shipment.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ship_an_order_at_once_one_is_told_that_it_is_shipped() -> None:
    order = make_order(status="packed")
    raised = at_once(
        lambda: lifecycle.ship_order(order.pk, [Parcel("dhl", "1")], by="wim"),
        lambda: lifecycle.ship_order(order.pk, [Parcel("dhl", "2")], by="lena"),
    )
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "NotShippable"]
    assert order.shipments.count() == 1
    assert [kind for _, kind, _ in told(order)] == ["order.shipped"]
