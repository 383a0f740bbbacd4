"""The largest orders, in any script: what is sent has at most the bytes that its receiver takes, or nothing is sent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_django import Settings
from standardwebhooks import Webhook

from integrations.ga4.settings import GA4Settings
from integrations.ga4.tasks import record_purchase as tell_google
from integrations.matomo.settings import MatomoSettings
from integrations.matomo.tasks import record_purchase as tell_matomo
from integrations.sandbox.exchange import Reply
from integrations.segment.settings import SegmentSettings
from integrations.segment.tasks import record_purchase as tell_segment
from integrations.sizes import as_json
from integrations.webhook.settings import WebhookSettings
from integrations.webhook.tasks import send as tell_webhook
from orders.request import MAX_LINES
from orders.steps import Claim, Done, Permanent, claim_step
from tests.factories import make_order, make_product
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LATIN, CYRILLIC, CJK, EMOJI, QUOTES = "S", "Ж", "名", "🫖", '"'
SCRIPTS = pytest.mark.parametrize("letter", [LATIN, CYRILLIC, CJK, EMOJI, QUOTES])
SKU, NAME = 64, 200  # characters: what a product can have
TELL: dict[str, tuple[Callable[[Claim], Done], Reply]] = {
    "marketing": (tell_segment, Reply(200, b'{"success": true}')),
    "ga4": (tell_google, Reply(204)),
    "matomo": (tell_matomo, Reply(204)),
    "webhook": (tell_webhook, Reply(200)),
}


@pytest.fixture(autouse=True)
def configured(receiver: Receiver, settings: Settings) -> Receiver:
    settings.MARKETING = SegmentSettings(url=receiver.url, write_key="key")
    settings.GA4 = GA4Settings(url=receiver.url, measurement_id="G-TEST", api_secret="secret")
    settings.MATOMO = MatomoSettings(url=receiver.url, site_id="3", token="t" * 32)
    settings.WEBHOOK = WebhookSettings(url=receiver.url, secret=SECRET)
    return receiver


def claim_of_largest(
    destination: str, letter: str, *, sku: int = SKU, name: int = NAME, lines: int = MAX_LINES
) -> Claim:
    products = [
        make_product(sku=f"{number:03}" + letter * (sku - 3), name=letter * name, price="99999999.9999")
        for number in range(lines)
    ]
    order = make_order([(product, 9999) for product in products], steps=[destination])
    claim = claim_step(order.pk, destination)
    assert claim is not None
    return claim


def tell(receiver: Receiver, destination: str, claim: Claim) -> tuple[Done, bytes]:
    effect, receiver.reply = TELL[destination]
    done = effect(claim)
    [request] = receiver.requests
    return done, request.body


def products_of(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    [event] = json.loads(body)["batch"]
    return event, event["properties"]["products"]


@SCRIPTS
def test_200_lines_with_long_names_fit_segments_event(receiver: Receiver, letter: str) -> None:
    claim = claim_of_largest("marketing", letter, sku=20)
    done, body = tell(receiver, "marketing", claim)
    event, products = products_of(body)
    assert len(as_json(event)) <= 32_000
    assert as_json(event) in body
    assert len(body) <= 500_000
    lines = list(claim.order.lines.all())
    assert [row["product_id"] for row in products] == [line.sku for line in lines]
    assert [row["quantity"] for row in products] == [line.quantity for line in lines]
    assert "went without their names" in done.warning


def test_what_fits_segment_goes_whole_and_without_a_warning(receiver: Receiver) -> None:
    done, body = tell(receiver, "marketing", claim_of_largest("marketing", CYRILLIC, lines=40, sku=20, name=200))
    _, products = products_of(body)
    assert all(row["name"] == CYRILLIC * 200 for row in products)
    assert "\\u" not in body.decode()
    assert not done.warning


def test_long_skus_are_sent_to_segment_once_a_product(receiver: Receiver) -> None:
    done, body = tell(receiver, "marketing", claim_of_largest("marketing", LATIN))
    event, products = products_of(body)
    assert 25_000 < len(as_json(event)) <= 32_000
    assert all("sku" not in row and len(row["product_id"]) == SKU for row in products)
    assert done.warning


@pytest.mark.parametrize("letter", [CYRILLIC, CJK, EMOJI])
def test_what_no_shortening_makes_fit_is_parked_with_words_and_nothing_is_sent(receiver: Receiver, letter: str) -> None:
    with pytest.raises(Permanent, match="too large for Segment, even without its products' names: ") as caught:
        tell_segment(claim_of_largest("marketing", letter))
    assert receiver.requests == []
    assert caught.value.code == "size"
    assert "by hand" in caught.value.next_action


@SCRIPTS
def test_200_lines_of_anything_fit_googles_body(receiver: Receiver, letter: str) -> None:
    claim = claim_of_largest("ga4", letter)
    done, body = tell(receiver, "ga4", claim)
    assert len(body) <= 130_000
    [event] = json.loads(body)["events"]
    params = event["params"]
    assert [row["item_id"] for row in params["items"]] == [line.sku for line in claim.order.lines.all()]
    named = ["item_name" in row for row in params["items"]]
    assert all(named) or not any(named)
    assert bool(done.warning) is not all(named)
    assert (letter == EMOJI) is not all(named)


def test_a_late_order_without_names_has_both_warnings(receiver: Receiver) -> None:
    claim = claim_of_largest("ga4", EMOJI)
    claim.order.created_at = datetime.now(UTC) - timedelta(hours=73)
    done, _ = tell(receiver, "ga4", claim)
    assert "counts it today. It was too large for Google Analytics" in done.warning


@SCRIPTS
def test_200_lines_of_anything_fit_what_stands_before_matomo(receiver: Receiver, letter: str) -> None:
    claim = claim_of_largest("matomo", letter)
    done, body = tell(receiver, "matomo", claim)
    assert len(body) <= 1_000_000
    items = json.loads(parse_qs(body.decode())["ec_items"][0])
    assert [(row[0], row[1]) for row in items] == [(line.sku, line.name) for line in claim.order.lines.all()]
    assert not done.warning


def test_what_is_too_large_for_matomo_goes_without_names(receiver: Receiver) -> None:
    claim = claim_of_largest("matomo", EMOJI)
    for line in claim.order.lines.all():
        line.name, line.sku = EMOJI * 255, EMOJI * 255
    done, body = tell(receiver, "matomo", claim)
    assert len(body) <= 1_000_000
    assert {row[1] for row in json.loads(parse_qs(body.decode())["ec_items"][0])} == {""}
    assert "went without their names" in done.warning


@SCRIPTS
def test_the_webhook_gets_the_whole_order_as_it_was_signed(receiver: Receiver, letter: str) -> None:
    tell(receiver, "webhook", claim_of_largest("webhook", letter))
    [request] = receiver.requests
    verified: Any = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert {line["name"] for line in verified["data"]["lines"]} == {letter * NAME}
    assert len(verified["data"]["lines"]) == MAX_LINES
