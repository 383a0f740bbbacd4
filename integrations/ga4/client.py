"""Google Analytics 4 over the Measurement Protocol. It never answers with an error for a bad event.

https://developers.google.com/analytics/devguides/collection/protocol/ga4
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests
from django.conf import settings

from integrations.http.body import json_of, text_of
from integrations.http.failures import status_failure
from integrations.http.proof import demand_yes
from integrations.http.remote import Remote
from integrations.sizes import as_json
from orders.steps import Permanent

NAME = "Google Analytics"


def collect(event: dict[str, Any], assure: Callable[[], None]) -> int:
    """Sends the event and returns the status; `assure` is the claim's."""
    response, answer = _post("/mp/collect", event, assure)
    demand_yes(NAME, response, said=response.status_code == 204, yes="HTTP 204", answer=answer)
    return response.status_code


def try_connection() -> str:
    """Has Google look at a purchase at its validation server, which records nothing."""
    item = {"item_id": "check", "item_name": "check", "price": 1.0, "quantity": 1, "index": 1}
    params = {"transaction_id": "check", "currency": settings.CURRENCY, "value": 1.0, "items": [item]}
    event = {"client_id": "check", "events": [{"name": "purchase", "params": params}]}
    response, answer = _post("/debug/mp/collect", event)
    messages = _objections(response)
    if messages is None:
        demand_yes(NAME, response, said=False, yes="a list of validationMessages", answer=answer)
    if messages:
        found = "; ".join(messages)[:200]
        raise Permanent(f"{NAME} objects: {found}", next_action="Check SHOP_GA4_MEASUREMENT_ID.")
    return "takes our events (Google tells nobody whether the secret is right)"


def _post(path: str, event: dict[str, Any], assure: Callable[[], None] | None = None) -> tuple[requests.Response, str]:
    """What was answered, and the same as text that may be kept."""
    config = settings.GA4
    remote = Remote(NAME, secrets=[config.api_secret])
    query = {"measurement_id": config.measurement_id, "api_secret": config.api_secret}
    response = remote.send(
        "POST",
        config.url.rstrip("/") + path,
        params=query,
        data=as_json(event),
        headers={"Content-Type": "application/json"},
        assure=assure,
    )
    answer = remote.redacted(text_of(response))
    if response.status_code >= 300:
        raise status_failure(NAME, response, answer)
    return response, answer


def _objections(response: requests.Response) -> list[str] | None:
    """What the validation server says against an event; None if the answer is not the validation server's."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        return [str(message.get("description", "")) for message in json_of(response)["validationMessages"]]
    return None
