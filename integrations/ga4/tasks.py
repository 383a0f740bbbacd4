"""The step `ga4`: Google Analytics 4 over the Measurement Protocol. `transaction_id` makes a repeat count once.

https://developers.google.com/analytics/devguides/collection/protocol/ga4. It never answers with an error for a bad
event, hence the look at its shape before.
"""

from datetime import timedelta
from typing import Any

import requests
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from integrations.http.failures import status_failure
from integrations.http.remote import Remote
from integrations.pseudonym import pseudonym
from integrations.shapes import PURCHASE, check_shape
from integrations.statistics.tasks import purchase_of
from orders.models import Order
from orders.steps import Claim, Done, Permanent, run_step

NAME = "Google Analytics"
BACK_DATING = timedelta(hours=72)  # Older events are dropped.


@shared_task(name="integrations.ga4.tasks.record_in_ga4")
def record_in_ga4(order_id: int) -> bool:
    return run_step(order_id, "ga4", record_purchase)


def purchase(order: Order) -> dict[str, Any]:
    """The event `purchase`, without the customer's name. Without a time (Google takes its own) if it is too old."""
    items = [
        {
            "item_id": line.sku,
            "item_name": line.name[:100],
            "price": float(line.price),
            "quantity": line.quantity,
            "index": line.position,
        }
        for line in order.lines.all()
    ]
    params = {
        "transaction_id": order.number,
        "currency": order.currency,
        "value": float(order.total),
        "items": items,
        "engagement_time_msec": 1,
    }
    event: dict[str, Any] = {"client_id": pseudonym(order), "events": [{"name": "purchase", "params": params}]}
    if timezone.now() - order.created_at < BACK_DATING:
        event["timestamp_micros"] = int(order.created_at.timestamp() * 1_000_000)
    return event


def record_purchase(claim: Claim) -> Done:
    event = purchase(claim.order)
    check_shape(event, PURCHASE, NAME)
    response = _post("/mp/collect", event)
    warning = "" if "timestamp_micros" in event else "It came too late for its own day: Google counts it today."
    code = str(response.status_code)
    return Done(
        reference=claim.order.number, answer=f"HTTP {code}", code=code, warning=warning, also=purchase_of(claim.order)
    )


def check() -> str:
    """Has Google look at a purchase at its validation server, which records nothing."""
    item = {"item_id": "check", "item_name": "check", "price": 1.0, "quantity": 1, "index": 1}
    params = {"transaction_id": "check", "currency": settings.CURRENCY, "value": 1.0, "items": [item]}
    event = {"client_id": "check", "events": [{"name": "purchase", "params": params}]}
    response = _post("/debug/mp/collect", event)
    try:
        messages = response.json()["validationMessages"]
    except (ValueError, KeyError, TypeError):
        return "answers (Google tells nobody whether measurement id and secret are right)"
    if messages:
        found = "; ".join(str(message.get("description", "")) for message in messages)[:200]
        raise Permanent(f"{NAME} objects: {found}", next_action="Check SHOP_GA4_MEASUREMENT_ID.")
    return "takes our events (Google tells nobody whether the secret is right)"


def _post(path: str, event: dict[str, Any]) -> requests.Response:
    remote = Remote(NAME, secrets=[settings.GA4.api_secret])
    query = {"measurement_id": settings.GA4.measurement_id, "api_secret": settings.GA4.api_secret}
    response = remote.send("POST", settings.GA4.url.rstrip("/") + path, params=query, json=event)
    if response.status_code >= 300:
        raise status_failure(NAME, response, remote.redacted(response.text))
    return response
