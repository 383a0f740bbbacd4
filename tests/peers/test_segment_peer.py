"""Segment's own destination code judges our event: what would Google Analytics get from it?"""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.ga4.payload import purchase as ga4_purchase
from integrations.matomo.payload import purchase as matomo_purchase
from integrations.matomo.settings import MatomoSettings
from integrations.segment import tasks
from integrations.segment.client import post, try_connection
from integrations.segment.payload import fitting, order_completed, versions
from orders.models import Order, Product, Step
from orders.steps import LogonRefused
from tests.factories import make_order, make_product
from tests.integrations.deliveries import EVERYTHING
from tests.integrations.shapes import ECOMMERCE, ORDER_COMPLETED, PURCHASE, objection
from tests.peers.node import Peer

pytestmark = pytest.mark.django_db


def events(segment: Peer, order: Order) -> list[dict[str, Any]]:
    log = requests.get(segment.url + "/__test/events", timeout=10).json()
    return [entry for entry in log if entry["messageId"] == f"order-completed-{order.number}"]


def test_segments_code_makes_a_purchase_of_our_event(segment: Peer, order: Order) -> None:
    tasks.record_marketing(order.pk)
    [entry] = events(segment, order)
    [purchase] = entry["ga4"]["events"]
    assert purchase["name"] == "purchase"
    params = purchase["params"]
    assert (params["transaction_id"], params["currency"], params["value"]) == (order.number, "EUR", 84.8)
    assert [(item["item_id"], item["quantity"], item["price"]) for item in params["items"]] == [
        ("MUG", 2, 19.9),
        ("LAMP", 1, 45),
    ]


def test_segments_code_reads_the_country_and_passes_on_nobodys_name_or_address(segment: Peer) -> None:
    order = make_order(**EVERYTHING)
    tasks.record_marketing(order.pk)
    [entry] = events(segment, order)
    assert entry["country"] == "DK"
    arrived = json.dumps(entry, ensure_ascii=False).casefold()
    for name in EVERYTHING.keys() - {"shipping_country", "shipping_state", "shipping_postal_code"}:
        assert EVERYTHING[name].casefold() not in arrived, name
    assert f'"{EVERYTHING["shipping_postal_code"]}"' not in arrived


def test_a_repeat_is_a_duplicate(segment: Peer, order: Order) -> None:
    for _ in range(2):
        order.steps.filter(name="marketing").update(state=Step.State.QUEUED)
        tasks.record_marketing(order.pk)
    assert [entry.get("duplicate", False) for entry in events(segment, order)] == [False, True]


@pytest.mark.parametrize("missing", ["products", "currency"])
def test_our_own_look_at_the_shape_refuses_what_segments_code_refuses(
    segment: Peer, order: Order, missing: str
) -> None:
    event = order_completed(order)
    del event["properties"][missing]
    assert missing in objection(ORDER_COMPLETED, event)
    post([event], timezone.now())  # Answered 200 all the same.
    assert "rejected" in events(segment, order)[0]


def test_the_check_is_let_in_and_records_nothing(segment: Peer, settings: Settings) -> None:
    before = len(requests.get(segment.url + "/__test/events", timeout=10).json())
    assert try_connection() == "takes our write key"
    assert len(requests.get(segment.url + "/__test/events", timeout=10).json()) == before
    settings.MARKETING = replace(settings.MARKETING, write_key="wrong")
    with pytest.raises(LogonRefused):
        try_connection()


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200).filter(str.strip)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    customer=NAMES,
    name=NAMES,
    price=st.decimals(0, 99_999_999, places=2),
    quantity=st.integers(1, 10_000),
    country=st.sampled_from(["", "DE", "XK"]),
)
def test_any_order_has_the_documented_shapes_and_segments_code_takes_it(
    segment: Peer, customer: str, name: str, price: Decimal, quantity: int, country: str
) -> None:
    product, _ = Product.objects.update_or_create(sku="ANY", defaults={"name": name, "price": price})
    order = make_order([(product, quantity)], customer_name=customer, shipping_country=country)
    event = fitting(order_completed(order))
    assert not objection(ORDER_COMPLETED, event)
    assert not objection(PURCHASE, ga4_purchase(order, order.created_at))
    assert not objection(ECOMMERCE, matomo_purchase(order, MatomoSettings(url="", site_id="1", token="t")))
    post([event], timezone.now())
    [entry] = events(segment, order)
    assert ("rejected" not in entry, entry["country"]) == (True, country)
    assert entry["ga4"]["events"][0]["params"]["transaction_id"] == order.number


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_segments_code_takes_the_shorter_versions_too(segment: Peer, order: Order, left_out: int) -> None:
    post([list(versions(order_completed(order)))[left_out]], timezone.now())
    [entry] = events(segment, order)
    assert [item["item_id"] for item in entry["ga4"]["events"][0]["params"]["items"]] == ["MUG", "LAMP"]


def test_the_largest_order_in_another_script_arrives(segment: Peer) -> None:
    products = [make_product(sku=f"{number:03}" + "Ж" * 17, name="Ж" * 200) for number in range(200)]
    order = make_order([(product, 1) for product in products])
    tasks.record_marketing(order.pk)
    [entry] = events(segment, order)
    assert len(entry["ga4"]["events"][0]["params"]["items"]) == 200
    assert order.steps.get(name="marketing").state == Step.State.DONE
