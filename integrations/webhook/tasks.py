"""The step `webhook`: tells a program of the shop's own about every order.

It is the example of docs/adding-a-destination.md.
"""

from celery import shared_task

from integrations.person import person_of
from integrations.webhook.client import post, try_connection
from integrations.webhook.payload import order_placed
from orders.steps import Claim, Done, run_step

check = try_connection


@shared_task(name="integrations.webhook.call_webhook")
def call_webhook(order_id: int) -> bool:
    return run_step(order_id, "webhook", send)


def send(claim: Claim) -> Done:
    """Tells it. Told twice, the receiver drops the second: the message id comes from the order."""
    message_id = f"order-placed-{claim.order.number}"
    message, private = order_placed(claim.order), person_of(claim.order)
    status, answer = post(message_id, message, private=private, assure=claim.assure, now=claim.now)
    return Done(reference=message_id, answer=answer, code=str(status))
