import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from integrations.ga4 import tasks as ga4
from integrations.ga4.payload import purchase
from integrations.ga4.settings import GA4Settings
from integrations.pseudonym import pseudonym
from integrations.sandbox.exchange import Reply, json_reply
from orders.models import Order
from orders.steps import Permanent, Temporary
from tests.integrations.claims import ClaimOf
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def google(receiver: Receiver, settings: Settings) -> Receiver:
    settings.GA4 = GA4Settings(url=receiver.url, measurement_id="G-TEST", api_secret="ga-s3cret")
    receiver.reply = Reply(204)
    return receiver


def test_an_order_becomes_a_purchase_without_the_customers_name(
    google: Receiver, order: Order, claim_of: ClaimOf
) -> None:
    assert ga4.record_purchase(claim_of("ga4")).reference == order.number
    [request] = google.requests
    assert request.target == "/mp/collect?measurement_id=G-TEST&api_secret=ga-s3cret"
    items = [
        {"item_id": "MUG", "item_name": "Mug", "price": 19.9, "quantity": 2, "index": 1},
        {"item_id": "LAMP", "item_name": "Lamp “O'Neill”", "price": 45.0, "quantity": 1, "index": 2},
    ]
    params = {"transaction_id": order.number, "currency": "EUR", "value": 84.8, "items": items}
    assert json.loads(request.body) == {
        "client_id": pseudonym(order),
        "timestamp_micros": int(order.created_at.timestamp() * 1_000_000),
        "events": [{"name": "purchase", "params": params | {"engagement_time_msec": 1}}],
    }


def test_an_order_older_than_72_hours_goes_without_its_time_and_staff_are_told(claim_of: ClaimOf) -> None:
    claim = claim_of("ga4")
    claim.order.created_at = datetime.now(UTC) - timedelta(hours=73)
    assert "timestamp_micros" not in purchase(claim.order, datetime.now(UTC))
    assert "counts it today" in ga4.record_purchase(claim).warning


def test_an_event_of_the_wrong_shape_is_never_sent(google: Receiver, claim_of: ClaimOf) -> None:
    claim = claim_of("ga4")
    claim.order.currency = "euro"
    with pytest.raises(Permanent, match=r"not the shape Google Analytics takes: events\[0\].params.currency"):
        ga4.record_purchase(claim)
    assert google.requests == []


def test_the_secret_is_not_kept_when_google_is_down(google: Receiver, claim_of: ClaimOf) -> None:
    google.reply = Reply(503, b"ga-s3cret")
    with pytest.raises(Temporary) as caught:
        ga4.record_purchase(claim_of("ga4"))
    assert "ga-s3cret" not in caught.value.answer


def test_however_closely_somebody_looks_the_secret_is_not_logged(
    google: Receiver, claim_of: ClaimOf, caplog: pytest.LogCaptureFixture
) -> None:
    """`celery worker -l DEBUG` shows what all libraries say, and Google takes its secret in the address alone."""
    caplog.set_level(logging.DEBUG)
    ga4.record_purchase(claim_of("ga4"))
    assert "ga-s3cret" in google.requests[0].target
    assert "ga-s3cret" not in caplog.text


def test_the_check_uses_the_validation_server_and_repeats_its_words(google: Receiver) -> None:
    google.reply = json_reply(200, {"validationMessages": []})
    assert "takes our events" in ga4.check()
    assert google.requests[0].path == "/debug/mp/collect"
    google.reply = json_reply(200, {"validationMessages": [{"description": "Measurement requires a valid id."}]})
    with pytest.raises(Permanent, match="requires a valid id"):
        ga4.check()
