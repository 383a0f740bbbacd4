"""The step `marketing`: every order becomes one purchase in the statistics."""

from celery import shared_task

from integrations.lengths import check_lengths
from integrations.segment.client import send_event, try_connection
from integrations.segment.payload import fitting, lengths, order_completed
from integrations.sizes import WITHOUT_NAMES
from integrations.statistics.payload import purchase_of
from orders.steps import Claim, Done, run_step

check = try_connection


@shared_task(name="integrations.marketing.tasks.record_marketing")
def record_marketing(order_id: int) -> bool:
    return run_step(order_id, "marketing", record_purchase)


def record_purchase(claim: Claim) -> Done:
    """Sends the order's event. Sent twice it counts once: its message id comes from the order.

    So the claim is not checked again before it is sent: a late repeat is dropped.
    """
    event = order_completed(claim.order)
    check_lengths(lengths(event), "Segment")
    sent = fitting(event)
    warning = "" if sent is event else WITHOUT_NAMES.format(receiver="Segment")
    answer = send_event(sent, claim.now())
    return Done(reference=event["messageId"], answer=answer, code="200", warning=warning, also=purchase_of(claim.order))
