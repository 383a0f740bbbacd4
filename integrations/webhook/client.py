"""Sends messages signed in the Standard Webhooks format, https://www.standardwebhooks.com.

The receiver checks the signature with its own library and drops a repeat by `webhook-id`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from standardwebhooks import Webhook

from integrations.http.address import tokens
from integrations.http.body import text_of
from integrations.http.failures import status_failure
from integrations.http.personal import Person
from integrations.http.proof import demand_yes
from integrations.http.remote import Remote
from integrations.sizes import as_json
from integrations.webhook.settings import WebhookSettings

NAME = "The webhook's receiver"


def post(
    message_id: str,
    message: dict[str, Any],
    *,
    private: Person,
    assure: Callable[[], None],
    now: Callable[[], datetime],
    to: WebhookSettings | None = None,
) -> tuple[int, str]:
    """Sends the message; returns the status and what was answered, without what is `private`. `to`: not the usual one.

    `assure` is the claim's, called right before the request. `now` tells the database's time: receivers refuse what was
    signed some minutes ago, or will be. Any status of 200 to 299 means that the receiver has it, unless it comes with a
    web page: then it was a login page, or a proxy's.
    """
    config = to or settings.WEBHOOK
    body = as_json(message).decode()
    remote = Remote(NAME, secrets=[*config.secrets, *tokens(config.url)])
    headers = signed(message_id, body, config.secrets, now())
    response = remote.send("POST", config.url, data=body.encode(), headers=headers, assure=assure, private=private)
    answer = remote.redacted(text_of(response), private)
    if response.status_code >= 300:
        raise status_failure(NAME, response, answer)
    demand_yes(NAME, response, said=True, yes="a status of 200 to 299 without a web page", answer=answer)
    return response.status_code, answer


def signed(message_id: str, body: str, secrets: list[str], now: datetime) -> dict[str, str]:
    """The headers that prove it comes from us, and when: a signature for each secret, with spaces between them.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-headers
    """
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, now, body) for secret in secrets),
    }


def try_connection() -> str:
    """Sends HEAD, no order. A receiver that only takes POST refuses it, which shows that it is there."""
    response = Remote(NAME).send("HEAD", settings.WEBHOOK.url)
    if response.status_code >= 500 or response.status_code == 404:
        raise status_failure(NAME, response, "")
    return f"answers (HTTP {response.status_code} to a question without an order)"
