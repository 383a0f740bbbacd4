"""The step `webhook`: tells a program of yours about every order, signed in the Standard Webhooks format.

https://www.standardwebhooks.com: the receiver checks the signature with its own library and drops a repeat by
`webhook-id`, which comes from the order. No customer name is in it; who needs it asks the desk for the order.
"""

import json
from datetime import UTC
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from standardwebhooks import Webhook

from integrations.http.failures import status_failure
from integrations.http.remote import Remote
from orders.models import Order
from orders.steps import Claim, Done, run_step

NAME = "The webhook's receiver"


@shared_task(name="integrations.webhook.tasks.call_webhook")
def call_webhook(order_id: int) -> bool:
    return run_step(order_id, "webhook", send)


def payload(order: Order) -> dict[str, Any]:
    """Money as text, in `currency`; the time is when the customer ordered."""
    lines = [
        {"sku": line.sku, "name": line.name, "quantity": line.quantity, "price": str(line.price)}
        for line in order.lines.all()
    ]
    data = {"order_num": order.number, "total": str(order.total), "currency": order.currency, "lines": lines}
    return {"type": "order.placed", "timestamp": order.created_at.astimezone(UTC).isoformat(), "data": data}


def signed(message_id: str, body: str) -> dict[str, str]:
    """The headers that prove it comes from us, and when."""
    now = timezone.now().astimezone(UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(settings.WEBHOOK.secret).sign(message_id, now, body),
    }


def send(claim: Claim) -> Done:
    """Any status of 200 to 299 means that the receiver has it."""
    message_id = f"order-placed-{claim.order.number}"
    body = json.dumps(payload(claim.order), ensure_ascii=False)
    remote = Remote(NAME, secrets=[settings.WEBHOOK.secret])
    response = remote.send("POST", settings.WEBHOOK.url, data=body.encode(), headers=signed(message_id, body))
    answer = remote.redacted(response.text, claim.order.customer_name)
    if response.status_code >= 300:
        raise status_failure(NAME, response, answer)
    return Done(reference=message_id, answer=answer, code=str(response.status_code))


def check() -> str:
    """Asks without sending an order: who only takes POST may refuse it, but is there."""
    response = Remote(NAME).send("HEAD", settings.WEBHOOK.url)
    if response.status_code >= 500 or response.status_code == 404:
        raise status_failure(NAME, response, "")
    return f"answers (HTTP {response.status_code} to a question without an order)"
