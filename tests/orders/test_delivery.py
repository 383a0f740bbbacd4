"""Where an order goes, as its rows keep it."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from orders.models import Order, Shipment, Shipping
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def test_an_order_without_an_address_goes_to_its_customer() -> None:
    assert make_order().shipping == Shipping(name="Helgi Möller")
    assert not make_order().shipping.has_address


def test_an_order_with_an_address_says_where_it_goes() -> None:
    order = make_order(
        shipping_name="Jóna", shipping_phone="1", shipping_line1="Laugavegur 3", shipping_line2="2. hæð",
        shipping_postal_code="101", shipping_city="Reykjavík", shipping_state="1", shipping_country="IS",
    )  # fmt: skip
    assert order.shipping == Shipping("Jóna", "1", "Laugavegur 3", "2. hæð", "101", "Reykjavík", "1", "IS")
    assert order.shipping.has_address


@pytest.mark.parametrize("part", ["line1", "line2", "postal_code", "city", "state"])
def test_the_database_keeps_no_part_of_an_address_without_its_country(part: str) -> None:
    field: dict[str, Any] = {f"shipping_{part}": "1"}
    with transaction.atomic(), pytest.raises(IntegrityError, match="order_address_has_country"):
        make_order(**field)


@pytest.mark.parametrize(("client", "again"), [("shop-front", False), ("", True)])
def test_a_client_uses_its_reference_once_and_guests_have_none_of_their_own(client: str, again: bool) -> None:
    fields: dict[str, Any] = {"client": client, "reference": "A-1"}
    make_order(**fields)
    if again:
        make_order(**fields)
        return
    with transaction.atomic(), pytest.raises(IntegrityError):
        make_order(**fields)
    make_order(client="another", reference="A-1")


def test_a_tracking_number_is_one_parcel_s() -> None:
    order = make_order()
    parcel: dict[str, Any] = {"carrier": "dhl", "tracking_number": "1", "created_at": timezone.now()}
    Shipment.objects.create(order=order, **parcel)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Shipment.objects.create(order=make_order(), **parcel)
    Shipment.objects.create(order=order, **parcel | {"carrier": "ups"})
    assert [str(parcel) for parcel in order.shipments.all()] == ["DHL 1", "UPS 1"]


def test_a_program_of_before_that_knows_none_of_the_new_columns_goes_on_inserting() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_order (number, customer_name, note, status, currency, total, created_at, fingerprint)"
            " VALUES ('AAAA-AAAA-AAAA', 'Helgi', '', 'received', 'EUR', 1, CURRENT_TIMESTAMP, '')"
        )
    assert Order.objects.get().shipping == Shipping(name="Helgi")
