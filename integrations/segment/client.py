"""Segment and what speaks its language (RudderStack): `POST /v1/batch`, one request at a time.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone

from integrations.http.body import json_of, text_of
from integrations.http.failures import status_failure
from integrations.http.kept import kept
from integrations.http.proof import demand_yes
from integrations.http.remote import Remote
from integrations.segment.settings import SegmentSettings
from integrations.sizes import as_json
from orders.steps import Permanent, StepError, Temporary

NAME = "Marketing's statistics service"
# https://github.com/segmentio/analytics-python: what its client retries, and what it gives up.
AGAIN_LATER = {410, 460}
NEVER = {501, 505, 511}
YES = '{"success": true} from Segment, OK from RudderStack'


def send_event(event: dict[str, Any], sent_at: datetime) -> str:
    """Sends one event and returns what was answered. A repeat does no harm: the message id is the same.

    `sent_at`: by the clock that the event's own time is of, the database's. By how much both differ from the receiver's
    it corrects the event's; by another clock it would shift the purchase by that one's error.
    """
    return post([event], sent_at)


def try_connection() -> str:
    """Sends a batch of no events: the write key is looked at, and nothing is recorded."""
    post([], timezone.now())
    return "takes our write key"


def post(events: list[dict[str, Any]], sent_at: datetime) -> str:
    """Sends the events as one batch; the write key is the user of a logon without password."""
    config, remote = settings.MARKETING, kept(connect, settings.MARKETING)
    batch = {"batch": events, "sentAt": sent_at.isoformat()}
    response = remote.send(
        "POST",
        config.url.rstrip("/") + "/v1/batch",
        data=as_json(batch),
        headers={"Content-Type": "application/json"},
        auth=(config.write_key.encode(), b""),
    )
    text = text_of(response)
    if response.status_code >= 300:
        raise refusal(response, remote.redacted(text))
    answer = remote.redacted(f"HTTP {response.status_code} {text}")
    said = success(response)
    if said is False:
        next_action = f"Have a look at what {NAME} answered, mend the cause, then send it again."
        raise Permanent(f"{NAME} did not accept it.", next_action=next_action, code="success: false", answer=answer)
    demand_yes(NAME, response, said=said is True or text.strip() == "OK", yes=YES, answer=answer)
    return answer


def success(response: requests.Response) -> Any:
    """What stands in `{"success": …}`; None if the answer is anything else."""
    with suppress(ValueError):
        said = json_of(response)
        return said.get("success") if isinstance(said, dict) else None
    return None


def connect(config: SegmentSettings) -> Remote:
    return Remote(NAME, secrets=[config.write_key])


def refusal(response: requests.Response, answer: str) -> StepError:
    """What a status of 300 and above means here."""
    status = response.status_code
    code = f"HTTP {status}"
    if status in AGAIN_LATER:
        return Temporary(f"{NAME} is busy or down ({code}).", code=code, answer=answer)
    if status in NEVER:
        next_action = "Check SHOP_MARKETING_URL, then send it again."
        return Permanent(f"{NAME} can't take events ({code}).", next_action=next_action, code=code, answer=answer)
    return status_failure(NAME, response, answer)
