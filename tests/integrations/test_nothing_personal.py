"""An order that says everything: every byte that each of marketing's destinations, and the webhook, gets of it."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import md5, sha1, sha256
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest
from django.utils.crypto import salted_hmac
from pytest_django import Settings

from integrations.ga4.settings import GA4Settings
from integrations.ga4.tasks import record_purchase as tell_google
from integrations.matomo.settings import MatomoSettings
from integrations.matomo.tasks import record_purchase as tell_matomo
from integrations.models import Purchase
from integrations.sandbox.exchange import Reply, Request
from integrations.segment.settings import SegmentSettings
from integrations.segment.tasks import record_purchase as tell_segment
from integrations.statistics.tasks import count_order
from integrations.webhook.settings import WebhookSettings
from integrations.webhook.tasks import send as tell_webhook
from orders.models import Attempt, Order, Step
from orders.steps import Claim, Done, claim_step
from tests.factories import make_order
from tests.integrations.deliveries import EVERYTHING
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db

TELL: dict[str, tuple[Callable[[Claim], Done], Reply]] = {
    "marketing": (tell_segment, Reply(200, b'{"success": true}')),
    "ga4": (tell_google, Reply(204)),
    "matomo": (tell_matomo, Reply(204)),
    "webhook": (tell_webhook, Reply(200)),
}
PARTS = {name: value for name, value in EVERYTHING.items() if name not in ("shipping_country", "shipping_state")}


@pytest.fixture(autouse=True)
def configured(receiver: Receiver, settings: Settings) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    settings.MARKETING = SegmentSettings(url=receiver.url, write_key="key")
    settings.GA4 = GA4Settings(url=receiver.url, measurement_id="G-TEST", api_secret="secret")
    settings.MATOMO = MatomoSettings(url=receiver.url, site_id="3", token="t" * 32)
    settings.WEBHOOK = WebhookSettings(url=receiver.url, secret=secret)


def told(receiver: Receiver, destination: str, **fields: Any) -> tuple[Order, Request]:
    order = make_order(steps=[destination], **fields)
    effect, receiver.reply = TELL[destination]
    claim = claim_step(order.pk, destination)
    assert claim is not None
    effect(claim)
    return order, receiver.requests[-1]


def readings(request: Request) -> str:
    """All that was sent (line, headers, body), and what it is when it is read as JSON, as a form or in base64."""
    raw = "\n".join([request.method, request.target, *map(": ".join, request.headers.items()), request.body.decode()])
    said = [raw, unquote_plus(raw), raw.encode().decode("unicode_escape", errors="ignore")]
    for word in raw.replace('"', " ").split():
        try:
            said.append(b64decode(word, validate=True).decode("utf-8", errors="ignore"))
        except ValueError:
            continue
    return "\n".join(said).casefold()


def written(value: str) -> set[str]:
    """A value, its words that can't be chance, and what anybody could compute of it without the shop's key."""
    forms = {value, value.lower(), value.strip()}
    digests = {digest(form.encode()).hexdigest() for form in forms for digest in (md5, sha1, sha256)}
    words = {word for word in value.replace("@", " ").split() if len(word) > 4}
    return {form.casefold() for form in forms | digests | words | {b64encode(value.encode()).decode().rstrip("=")}}


@pytest.mark.parametrize("destination", TELL)
@pytest.mark.parametrize("field", PARTS)
def test_nothing_personal_is_sent(receiver: Receiver, destination: str, field: str) -> None:
    order, request = told(receiver, destination, **EVERYTHING)
    sent = readings(request).replace(order.number.casefold(), "")
    assert not [form for form in written(PARTS[field]) if form in sent and len(form) > 4]
    if len(PARTS[field]) <= 4:
        assert f'"{PARTS[field]}"' not in sent
        assert f"={PARTS[field]}" not in sent


def test_what_is_looked_for_would_be_found(receiver: Receiver) -> None:
    receiver.requests.append(
        Request("POST", "/?x=Kl%C3%B8vermarksvej+70", receiver_headers(), json.dumps({"x": PARTS["email"]}).encode())
    )
    sent = readings(receiver.requests[-1])
    assert [form for form in written(PARTS["shipping_line1"]) if form in sent]
    assert [form for form in written(PARTS["email"]) if form in sent]


def receiver_headers() -> Any:
    return {"Authorization": f"Basic {b64encode(b'a:b').decode()}"}


def the_country(destination: str, request: Request) -> Any:
    if destination == "matomo":
        return parse_qs(request.body.decode()).get("country")
    body = request.json()
    return body["batch"][0].get("context") if destination == "marketing" else body.get("user_location")


COUNTRY = {"marketing": {"location": {"country": "DK"}}, "ga4": {"country_id": "DK"}, "matomo": ["dk"]}


@pytest.mark.parametrize("destination", COUNTRY)
def test_marketing_gets_the_country_and_nothing_in_its_place(receiver: Receiver, destination: str) -> None:
    _, request = told(receiver, destination, **EVERYTHING)
    assert the_country(destination, request) == COUNTRY[destination]
    _, request = told(receiver, destination)
    assert the_country(destination, request) is None


def test_matomo_gets_no_country_without_a_token(receiver: Receiver, settings: Settings) -> None:
    settings.MATOMO = MatomoSettings(url=receiver.url, site_id="3")
    _, request = told(receiver, "matomo", **EVERYTHING)
    assert the_country("matomo", request) is None


def test_the_webhook_gets_the_same_whatever_the_customer_said(receiver: Receiver) -> None:
    created = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    bodies = []
    for fields in ({}, EVERYTHING):
        order, request = told(receiver, "webhook", created_at=created, **fields)
        body = request.json()
        assert body["data"].pop("order_num") == order.number
        bodies.append((list(body), list(body["data"])))
    assert bodies[0] == bodies[1]


def who(destination: str, request: Request) -> Any:
    if destination == "matomo":
        return parse_qs(request.body.decode())["uid"][0]
    body = request.json()
    return body["batch"][0]["userId"] if destination == "marketing" else body["client_id"]


@pytest.mark.parametrize("destination", COUNTRY)
def test_a_customer_is_known_by_the_e_mail_where_there_is_one(receiver: Receiver, destination: str) -> None:
    def seen(**fields: Any) -> Any:
        _, request = told(receiver, destination, **fields)
        return who(destination, request)

    first = seen(customer_name="Helgi Möller", email="zoë@x.example")
    assert seen(customer_name="Another", email="ZOE\u0308@X.example") == first
    assert seen(customer_name="Helgi Möller", email="other@x.example") != first
    assert seen(customer_name="Helgi Möller") != first
    expected = salted_hmac("integrations.pseudonym", "zoë@x.example", algorithm="sha256").hexdigest()[:32]
    assert first == expected


def test_the_shops_own_figures_keep_a_pseudonym_alone() -> None:
    order = make_order(steps=["statistics"], **EVERYTHING)
    count_order(order.pk)
    kept = " ".join(map(str, vars(Purchase.objects.get(order=order)).values()))
    attempt = Attempt.objects.get(step=Step.objects.get(order=order))
    assert not [value for value in PARTS.values() if value in kept + attempt.answer]
