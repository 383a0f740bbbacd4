"""Segment and what speaks its language (RudderStack): `POST /v1/batch` through the official library.

Its synchronous request is what we call; the stock client queues in a thread and loses events with the process.
"""

from typing import Any

import requests
from django.conf import settings
from segment.analytics import request as library

from integrations.http.failures import looks_like_a_page, redirect_failure, status_failure, transport_failure
from integrations.http.redaction import redact
from integrations.http.remote import TIMEOUT
from integrations.http.session import bounded
from orders.steps import Permanent, StepError, Temporary

NAME = "Marketing's statistics service"
# https://github.com/segmentio/analytics-python: what its client retries, and what it gives up.
AGAIN_LATER = {410, 460}
NEVER = {501, 505, 511}

bounded(library._session)


def send_event(event: dict[str, Any]) -> str:
    """Sends one event and returns what was answered. A repeat does no harm: the message id is the same."""
    return post([event])


def try_write_key() -> str:
    """Sends a batch of no events: the write key is looked at, and nothing is recorded."""
    post([])
    return "takes our write key"


def post(events: list[dict[str, Any]]) -> str:
    try:
        response = library.post(
            settings.MARKETING.write_key,
            host=settings.MARKETING.url,
            timeout=TIMEOUT,
            batch=events,
        )
    except library.APIError as error:
        raise refusal(error.response) from error
    except requests.RequestException as error:
        raise transport_failure(NAME, "POST", error, [settings.MARKETING.write_key]) from error
    if looks_like_a_page(response):
        raise redirect_failure(NAME, "")
    return redact(f"HTTP {response.status_code} {response.text}", [settings.MARKETING.write_key])


def refusal(response: requests.Response) -> StepError:
    """What a status of 300 and above means here."""
    status = response.status_code
    code, answer = f"HTTP {status}", redact(response.text, [settings.MARKETING.write_key])
    if status in AGAIN_LATER:
        return Temporary(f"{NAME} is busy or down ({code}).", code=code, answer=answer)
    if status in NEVER:
        next_action = "Check SHOP_MARKETING_URL, then send it again."
        return Permanent(f"{NAME} can't take events ({code}).", next_action=next_action, code=code, answer=answer)
    return status_failure(NAME, response, answer)
