"""Matomo's tracking API, `matomo.php`: https://developer.matomo.org/api-reference/tracking-api."""

import json
from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings

from integrations.http.failures import redirect_failure, status_failure
from integrations.http.page import looks_like_a_page
from integrations.http.remote import Remote

NAME = "Matomo"


def track(fields: dict[str, Any], assure: Callable[[], None]) -> int:
    """Sends an e-commerce order and returns the status; its items travel as JSON. `assure` is the claim's."""
    response = _send("POST", assure=assure, data=fields | {"ec_items": json.dumps(fields["ec_items"])})
    if looks_like_a_page(response):
        raise redirect_failure(NAME, "")
    return response.status_code


def try_connection() -> str:
    """Opens the tracker without an order; it tells nobody whether the site exists."""
    _send("GET")
    return f"answers (site {settings.MATOMO.site_id} is not looked up)"


def _send(method: str, **options: Any) -> requests.Response:
    remote = Remote(NAME, secrets=[settings.MATOMO.token])
    response = remote.send(method, settings.MATOMO.url, **options)
    if response.status_code >= 300:
        raise status_failure(NAME, response, remote.redacted(response.text))
    return response
