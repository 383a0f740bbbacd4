"""What an event says, and what it does not say."""

import json
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from orders.events.cloudevent import cloudevent
from orders.models import Event, Order

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 8, 0, 0, 500, tzinfo=UTC)


def event(order: Order, kind: str = "order.received", step: str = "") -> Event:
    return Event.objects.create(order=order, seq=7, type=kind, step=step, at=AT, due_at=AT)


def test_an_order_that_was_received_says_what_was_ordered(order: Order) -> None:
    first, second = order.lines.all()
    assert cloudevent(event(order)) == {
        "specversion": "1.0",
        "id": f"{order.number}/0000000007",
        "source": "/orders",
        "type": "order.received",
        "subject": order.number,
        "time": "2026-11-27T08:00:00.000500Z",
        "sequence": "0000000007",
        "datacontenttype": "application/json",
        "dataschema": "urn:order-desk:event:order.received:1",
        "data": {
            "order_num": order.number,
            "currency": "EUR",
            "total": "6.50",
            "lines": [
                {"product_id": first.product_id, "sku": "SKU-1", "name": "Product 1", "quantity": 1, "price": "1.50"},
                {"product_id": second.product_id, "sku": "SKU-2", "name": "Product 2", "quantity": 2, "price": "2.50"},
            ],
        },
    }


def test_a_steps_event_names_the_step(order: Order) -> None:
    assert cloudevent(event(order, "step.parked", "sap"))["data"] == {"order_num": order.number, "step": "sap"}


def test_a_change_of_the_status_says_no_more_than_the_number(order: Order) -> None:
    assert cloudevent(event(order, "order.packed"))["data"] == {"order_num": order.number}


@pytest.mark.parametrize("kind", Event.Type.values)
def test_no_event_names_the_customer_unless_the_shop_wants_it(order: Order, kind: str, settings: Settings) -> None:
    Order.objects.filter(pk=order.pk).update(note="for Helgi Möller")
    order.refresh_from_db()
    row = event(order, kind)
    assert "Möller" not in json.dumps(cloudevent(row), ensure_ascii=False)
    settings.EVENT_NAMES = True
    assert cloudevent(row)["data"]["customer_name"] == "Helgi Möller"


def test_sequences_sort_as_text() -> None:
    seqs = [1, 9, 10, 99, 100, 2_147_483_647]
    sequences = [Event(seq=seq).sequence for seq in seqs]
    assert sorted(sequences) == sequences
