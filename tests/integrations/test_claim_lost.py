"""A worker that loses its claim before the first byte of a request that can't be taken back sends nothing."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings
from urllib3.connection import HTTPConnection

from integrations.ga4 import tasks as ga4
from integrations.ga4.settings import GA4Settings
from integrations.matomo import tasks as matomo
from integrations.matomo.settings import MatomoSettings
from integrations.sap import cancel, client, create
from integrations.sap import tasks as sap_tasks
from integrations.webhook import tasks as webhook
from integrations.webhook.settings import WebhookSettings
from orders.models import Attempt, Order, Step
from orders.steps import Claim, ClaimLost, Done, from_now, transitions
from tests.integrations.claims import ClaimOf
from tests.integrations.receiver import Receiver
from tests.integrations.running_sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def losing(claim: Claim, call: Callable[..., Any]) -> Callable[..., Any]:
    """`call`, and right after it the claim is another worker's."""

    def called(*args: Any, **options: Any) -> Any:
        answer = call(*args, **options)
        Step.objects.filter(pk=claim.step.pk).update(token=uuid.uuid4())
        return answer

    return called


@pytest.mark.parametrize(
    ("name", "effect"), [("ga4", ga4.record_purchase), ("matomo", matomo.record_purchase), ("webhook", webhook.send)]
)
def test_the_claim_is_checked_once_the_connection_is_open(
    name: str,
    effect: Callable[[Claim], Done],
    receiver: Receiver,
    claim_of: ClaimOf,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.GA4 = GA4Settings(url=receiver.url, measurement_id="G-TEST", api_secret="ga-s3cret")
    settings.MATOMO = MatomoSettings(url=receiver.url + "/matomo.php", site_id="3")
    settings.WEBHOOK = WebhookSettings(url=receiver.url + "/orders", secret=SECRET)
    claim = claim_of(name)
    monkeypatch.setattr(HTTPConnection, "connect", losing(claim, HTTPConnection.connect))
    with pytest.raises(ClaimLost):
        effect(claim)
    assert receiver.requests == []


@pytest.mark.parametrize("last", ["find", "fetch_token"])
def test_no_sales_order_is_created(
    sandbox: RunningSandbox, claim_of: ClaimOf, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    claim, sap = claim_of("sap"), client.sales_orders()
    monkeypatch.setattr(sap, last, losing(claim, getattr(sap, last)))
    with pytest.raises(ClaimLost):
        create.create_sales_order(claim)
    assert sandbox.sales_orders() == []


def test_staff_are_told_of_a_sales_order_that_was_made_after_the_check(
    sandbox: RunningSandbox, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = order.steps.get(name="sap")
    stopped: list[Claim] = []
    assure = Claim.assure

    def stop_after(claim: Claim) -> None:
        assure(claim)
        if not stopped:  # And meanwhile the lease runs out, and another worker does it all.
            stopped.append(claim)
            Step.objects.filter(pk=step.pk).update(due_at=from_now(timedelta(seconds=-1)))
            transitions.release_lost()
            Attempt.objects.update(started_at=from_now(timedelta(hours=-1)))
            sap_tasks.notify_sap(order.pk)

    monkeypatch.setattr(Claim, "assure", stop_after)
    sap_tasks.notify_sap(order.pk)
    assert len(sandbox.sales_orders()) == 2
    step.refresh_from_db()
    assert (step.state, step.reference) == ("done", "0000000001")
    assert "0000000002" in step.warning


def test_no_item_is_rejected(
    sandbox: RunningSandbox, order: Order, claim_of: ClaimOf, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    sap_tasks.notify_sap(order.pk)
    claim, sap = claim_of("sap_cancel"), client.sales_orders()
    monkeypatch.setattr(sap, "items", losing(claim, sap.items))
    with pytest.raises(ClaimLost):
        cancel.reject_sales_order(claim)
    [row] = sandbox.sales_orders()
    assert not any(item.get("SalesDocumentRjcnReason") for item in row["payload"]["to_Item"])
