"""What of an order could break a receiver's limits is refused before it is sent, by name."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from integrations.ga4.settings import GA4Settings
from integrations.ga4.tasks import record_purchase as tell_google
from integrations.matomo.settings import MatomoSettings
from integrations.matomo.tasks import record_purchase as tell_matomo
from integrations.sandbox.exchange import Reply
from integrations.segment.settings import SegmentSettings
from integrations.segment.tasks import record_purchase as tell_segment
from orders.models import Order, Product
from orders.steps import Claim, Done, Permanent, claim_step
from tests.factories import make_order, make_product
from tests.integrations.claims import ClaimOf
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db

EFFECTS: dict[str, Callable[[Claim], Done]] = {"marketing": tell_segment, "ga4": tell_google, "matomo": tell_matomo}


@pytest.fixture(autouse=True)
def configured(receiver: Receiver, settings: Settings) -> Receiver:
    settings.MARKETING = SegmentSettings(url=receiver.url, write_key="key")
    settings.GA4 = GA4Settings(url=receiver.url, measurement_id="G-TEST", api_secret="secret")
    settings.MATOMO = MatomoSettings(url=receiver.url, site_id="3")
    return receiver


@pytest.mark.parametrize(
    ("destination", "change", "named"),
    [
        (
            "marketing",
            {"sku": "S" * 101},
            "Segment takes: properties.products[1].sku: its length is 101, not 1 to",
        ),
        ("marketing", {"name": "N" * 201}, "Segment takes: properties.products[1].name: its length is 201"),
        ("marketing", {"name": ""}, "Segment takes: properties.products[1].name: its length is 0"),
        ("ga4", {"sku": "S" * 101}, "Google Analytics takes: events[0].params.items[1].item_id: its length is 101"),
        ("ga4", {"name": ""}, "Google Analytics takes: events[0].params.items[1].item_name: its length is 0"),
        ("matomo", {"sku": "S" * 256}, "Matomo takes: ec_items[1][0]: its length is 256"),
        ("matomo", {"name": "N" * 256}, "Matomo takes: ec_items[1][1]: its length is 256"),
    ],
)
def test_a_product_that_a_receiver_would_not_take_is_named(
    receiver: Receiver, claim_of: ClaimOf, destination: str, change: dict[str, Any], named: str
) -> None:
    claim = claim_of(destination)
    for name, value in change.items():
        setattr(claim.order.lines.all()[1], name, value)
    with pytest.raises(Permanent) as caught:
        EFFECTS[destination](claim)
    assert named in caught.value.reason
    assert (caught.value.code, caught.value.next_action) == (
        "shape",
        "Correct the product or the settings, then send it again.",
    )
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("destination", "place"), [("marketing", "properties.currency"), ("ga4", "events[0].params.currency")]
)
def test_a_currency_has_three_letters(receiver: Receiver, claim_of: ClaimOf, destination: str, place: str) -> None:
    claim = claim_of(destination)
    claim.order.currency = "euro"
    with pytest.raises(Permanent) as caught:
        EFFECTS[destination](claim)
    assert f"takes: {place}: its length is 4, not 3." in caught.value.reason
    assert receiver.requests == []


def claim_with(products: list[Product], destination: str) -> Claim:
    order: Order = make_order([(product, 1) for product in products], steps=[destination])
    claim = claim_step(order.pk, destination)
    assert claim is not None
    return claim


def test_google_takes_200_items_and_no_more(receiver: Receiver) -> None:
    receiver.reply = Reply(204)
    products = [make_product() for _ in range(201)]
    tell_google(claim_with(products[:200], "ga4"))
    assert len(receiver.requests) == 1
    with pytest.raises(Permanent, match=r"events\[0\]\.params\.items: its length is 201"):
        tell_google(claim_with(products, "ga4"))
    assert len(receiver.requests) == 1


def test_a_name_too_long_for_google_goes_shortened(receiver: Receiver) -> None:
    receiver.reply = Reply(204)
    tell_google(claim_with([make_product(name="N" * 200)], "ga4"))
    [item] = receiver.requests[0].json()["events"][0]["params"]["items"]
    assert item["item_name"] == "N" * 100


def test_a_token_too_long_for_matomo_is_named(settings: Settings, claim_of: ClaimOf) -> None:
    settings.MATOMO = MatomoSettings(url=settings.MATOMO.url, site_id="3", token="t" * 101)
    with pytest.raises(Permanent, match="takes: token_auth: its length is 101"):
        tell_matomo(claim_of("matomo"))
