from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations.http.remote import Remote
from integrations.sandbox.exchange import Reply
from integrations.segment import client, tasks
from integrations.segment.client import send_event
from integrations.segment.payload import order_completed
from integrations.segment.settings import SegmentSettings
from orders.models import Order, Step
from orders.steps import LogonRefused, Permanent, StepError, Temporary, UnknownOutcome
from tests.integrations.claims import ClaimOf
from tests.integrations.receiver import Receiver
from tests.integrations.running_sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


def test_an_order_becomes_one_event_without_the_customers_name(order: Order) -> None:
    order.created_at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    event = order_completed(order)
    user = event.pop("userId")
    assert event == {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"order-completed-{order.number}",
        "timestamp": "2026-11-23T08:00:00.000Z",
        "properties": {
            "order_id": order.number,
            "total": 84.8,
            "revenue": 84.8,
            "currency": "EUR",
            "products": [
                {"product_id": "MUG", "sku": "MUG", "name": "Mug", "price": 19.9, "quantity": 2, "position": 1},
                {
                    "product_id": "LAMP",
                    "sku": "LAMP",
                    "name": "Lamp “O'Neill”",
                    "price": 45.0,
                    "quantity": 1,
                    "position": 2,
                },
            ],
        },
    }
    assert len(user) == 32
    assert "elgi" not in str(event)


def test_the_same_customer_has_the_same_pseudonym(order: Order) -> None:
    first = order_completed(order)["userId"]
    order.customer_name = " helgi  MÖLLER"
    assert order_completed(order)["userId"] == first
    order.customer_name = "Helga Möller"
    assert order_completed(order)["userId"] != first


def test_the_write_key_is_the_user(receiver: Receiver, order: Order, settings: Settings) -> None:
    settings.MARKETING = SegmentSettings(url=receiver.url + "/plane/", write_key="schlüssel")
    receiver.reply = Reply(200, b'{"success": true}')
    event = order_completed(order)
    send_event(event, timezone.now())
    [request] = receiver.requests
    assert (request.method, request.target, request.basic) == ("POST", "/plane/v1/batch", ("schlüssel", ""))
    assert request.json()["batch"] == [event]


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), -timedelta(minutes=10)])
def test_the_batch_says_when_it_was_sent_by_the_databases_clock(
    receiver: Receiver, claim_of: ClaimOf, settings: Settings, ahead: timedelta
) -> None:
    """By what it is off the receiver corrects the event's time. Here the worker's clock is ahead of both, or behind."""
    settings.MARKETING = SegmentSettings(url=receiver.url, write_key="key")
    receiver.reply = Reply(200, b'{"success": true}')
    claim = claim_of("marketing")
    assert claim.step.started_at is not None
    claim.step.started_at -= ahead
    tasks.record_purchase(claim)
    [request] = receiver.requests
    sent_at = datetime.fromisoformat(request.json()["sentAt"])
    assert timedelta(0) <= sent_at - claim.step.started_at < timedelta(minutes=1)


def test_the_step_sends_the_event_once(sandbox: RunningSandbox, order: Order) -> None:
    for _ in range(2):
        order.steps.filter(name="marketing").update(state=Step.State.QUEUED)
        tasks.record_marketing(order.pk)
    step = order.steps.get(name="marketing")
    assert (step.state, step.reference) == (Step.State.DONE, f"order-completed-{order.number}")
    events = sandbox.json("/sandbox/events.json")
    assert (events["count"], events["deliveries"]) == (1, 2)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("400", Permanent),
        ("401", LogonRefused),
        ("403", Permanent),
        ("404", Permanent),
        ("413", Permanent),
        ("422", Permanent),
        ("408", Temporary),
        ("410", Temporary),
        ("429", Temporary),
        ("460", Temporary),
        ("500", Temporary),
        ("501", Permanent),
        ("503", Temporary),
        ("505", Permanent),
        ("511", Permanent),
        ("html", LogonRefused),
        ("login", LogonRefused),
        ("cut-reply", UnknownOutcome),
        ("drop-reply", UnknownOutcome),
    ],
)
def test_each_answer_has_its_meaning(sandbox: RunningSandbox, order: Order, kind: str, error: type[StepError]) -> None:
    sandbox.fail("marketing", kind)
    with pytest.raises(error) as caught:
        send_event(order_completed(order), timezone.now())
    assert type(caught.value) is error
    assert caught.value.reason.endswith((".", "logon."))


def test_the_write_key_is_not_kept(sandbox: RunningSandbox, order: Order, settings: Settings) -> None:
    settings.MARKETING = replace(settings.MARKETING, write_key="wrong-key")
    with pytest.raises(LogonRefused) as caught:
        send_event(order_completed(order), timezone.now())
    assert "wrong-key" not in caught.value.answer


@pytest.mark.parametrize("status", [200, 400])
def test_a_write_key_that_is_repeated_to_us_is_not_kept(
    receiver: Receiver, order: Order, settings: Settings, status: int
) -> None:
    settings.MARKETING = SegmentSettings(url=receiver.url, write_key="s3cret")
    receiver.reply = Reply(status, b"key s3cret")
    with pytest.raises(StepError) as caught:
        send_event(order_completed(order), timezone.now())
    assert caught.value.answer.endswith("key [redacted]")


def test_the_connection_is_kept_between_orders(
    sandbox: RunningSandbox, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Remote] = []

    def connect(config: SegmentSettings) -> Remote:
        made.append(Remote("Segment", secrets=[config.write_key]))
        return made[-1]

    monkeypatch.setattr(client, "connect", connect)
    for _ in range(3):
        send_event(order_completed(order), timezone.now())
    assert len(made) == 1
