"""Matomo's tracking API, `matomo.php`: https://developer.matomo.org/api-reference/tracking-api.

What it answers is in its source: https://github.com/matomo-org/matomo/blob/5.x-dev/core/Tracker/Response.php
"""

import re
from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings

from integrations.http.body import text_of
from integrations.http.failures import status_failure
from integrations.http.proof import demand_yes
from integrations.http.remote import Remote
from integrations.matomo.payload import form

NAME = "Matomo"
# What `matomo.php` says when it is asked for nothing, now and before version 3.12; the reports' pages say neither.
ITSELF = re.compile(r"This resource is part of (Matomo|Piwik)|(Matomo|Piwik)</a> is a free", re.IGNORECASE)


def track(fields: dict[str, Any], assure: Callable[[], None]) -> int:
    """Sends an e-commerce order and returns the status. `assure` is the claim's."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response, answer = _send("POST", assure=assure, data=form(fields), headers=headers)
    gif = response.content.startswith((b"GIF87a", b"GIF89a"))
    said = response.status_code == 204 or gif
    demand_yes(NAME, response, said=said, yes="HTTP 204, or its GIF", answer=answer)
    return response.status_code


def try_connection() -> str:
    """Opens the tracker without an order; it tells nobody whether the site exists."""
    response, answer = _send("GET")
    if not ITSELF.search(text_of(response)):
        yes = "the page that its tracker shows of itself"
        demand_yes(NAME, response, said=False, yes=yes, answer=answer)
    return f"answers (site {settings.MATOMO.site_id} is not looked up)"


def _send(method: str, **options: Any) -> tuple[requests.Response, str]:
    """What was answered, and the same as text that may be kept."""
    remote = Remote(NAME, secrets=[settings.MATOMO.token])
    response = remote.send(method, settings.MATOMO.url, **options)
    answer = remote.redacted(text_of(response))
    if response.status_code >= 300:
        raise status_failure(NAME, response, answer)
    return response, answer
