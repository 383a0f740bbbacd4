"""Google Analytics 4 over the Measurement Protocol. It never answers with an error for a bad event.

https://developers.google.com/analytics/devguides/collection/protocol/ga4
"""

from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings

from integrations.http.failures import status_failure
from integrations.http.remote import Remote
from orders.steps import Permanent

NAME = "Google Analytics"


def collect(event: dict[str, Any], assure: Callable[[], None]) -> int:
    """Sends the event and returns the status; `assure` is the claim's."""
    return _post("/mp/collect", event, assure).status_code


def try_connection() -> str:
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


def _post(path: str, event: dict[str, Any], assure: Callable[[], None] | None = None) -> requests.Response:
    config = settings.GA4
    remote = Remote(NAME, secrets=[config.api_secret])
    query = {"measurement_id": config.measurement_id, "api_secret": config.api_secret}
    response = remote.send("POST", config.url.rstrip("/") + path, params=query, json=event, assure=assure)
    if response.status_code >= 300:
        raise status_failure(NAME, response, remote.redacted(response.text))
    return response
