import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from pytest_django import Settings

from integrations.matomo import tasks as matomo
from integrations.matomo.payload import purchase
from integrations.matomo.settings import MatomoSettings
from integrations.pseudonym import pseudonym
from integrations.sandbox.exchange import Reply
from orders.models import Order
from orders.steps import LogonRefused, Permanent
from tests.integrations.claims import ClaimOf
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tracker(receiver: Receiver, settings: Settings) -> Receiver:
    settings.MATOMO = MatomoSettings(url=receiver.url + "/matomo.php", site_id="3")
    receiver.reply = Reply(204)
    return receiver


def test_an_order_becomes_an_ecommerce_order_without_the_customers_name(
    tracker: Receiver, order: Order, claim_of: ClaimOf
) -> None:
    assert matomo.record_purchase(claim_of("matomo")).reference == order.number
    [request] = tracker.requests
    assert (request.method, request.target) == ("POST", "/matomo.php")
    fields = dict(parse_qsl(request.body.decode()))
    assert json.loads(fields.pop("ec_items")) == [["MUG", "Mug", "", 19.9, 2], ["LAMP", "Lamp “O'Neill”", "", 45.0, 1]]
    assert fields == {
        "idsite": "3",
        "rec": "1",
        "apiv": "1",
        "send_image": "0",
        "idgoal": "0",
        "uid": pseudonym(order),
        "ec_id": order.number,
        "revenue": "84.8",
    }


def test_with_a_token_the_order_keeps_its_own_time(order: Order, settings: Settings) -> None:
    settings.MATOMO = replace(settings.MATOMO, token="t0ken")
    fields = purchase(order, settings.MATOMO)
    assert fields["cdt"] == order.created_at.strftime("%Y-%m-%d %H:%M:%S")
    assert fields["token_auth"] == "t0ken"


def test_a_refusal_needs_a_person_and_the_token_is_not_kept(
    tracker: Receiver, claim_of: ClaimOf, settings: Settings
) -> None:
    settings.MATOMO = replace(settings.MATOMO, token="t0ken")
    tracker.reply = Reply(400, b"token_auth t0ken is not valid")
    with pytest.raises(Permanent) as caught:
        matomo.record_purchase(claim_of("matomo"))
    assert caught.value.answer == "token_auth [redacted] is not valid"


def test_a_login_page_is_no_success(tracker: Receiver, claim_of: ClaimOf) -> None:
    tracker.reply = Reply(200, b"<!DOCTYPE html><html><title>Sign in</title></html>")
    with pytest.raises(LogonRefused):
        matomo.record_purchase(claim_of("matomo"))


def test_an_event_of_the_wrong_shape_is_never_sent(tracker: Receiver, claim_of: ClaimOf, settings: Settings) -> None:
    settings.MATOMO = replace(settings.MATOMO, site_id="")
    with pytest.raises(Permanent, match="not the shape Matomo takes: idsite"):
        matomo.record_purchase(claim_of("matomo"))
    assert tracker.requests == []
