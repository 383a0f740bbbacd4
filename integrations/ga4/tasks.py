"""The step `ga4`: every order becomes a purchase in Google Analytics 4."""

from collections.abc import Iterator
from typing import Any

from celery import shared_task

from integrations.ga4.client import NAME, collect, try_connection
from integrations.ga4.payload import fitting, lengths, purchase
from integrations.lengths import check_lengths
from integrations.sizes import WITHOUT_NAMES
from integrations.statistics.payload import purchase_of
from orders.steps import Claim, Done, run_step

check = try_connection


@shared_task(name="integrations.marketing.ga4.record_in_ga4")
def record_in_ga4(order_id: int) -> bool:
    return run_step(order_id, "ga4", record_purchase)


def record_purchase(claim: Claim) -> Done:
    """Sends the order's event. Sent twice it counts once: its transaction id is the order number."""
    event = purchase(claim.order, claim.step.started_at or claim.order.created_at)
    check_lengths(lengths(event), NAME)
    sent = fitting(event)
    code = str(collect(sent, claim.assure))
    return Done(
        reference=claim.order.number,
        answer=f"HTTP {code}",
        code=code,
        warning=" ".join(warnings(event, sent)),
        also=purchase_of(claim.order),
    )


def warnings(event: dict[str, Any], sent: dict[str, Any]) -> Iterator[str]:
    """In what the event that was sent is not as it should be."""
    if "timestamp_micros" not in event:
        yield "It came too late for its own day: Google counts it today."
    if sent is not event:
        yield WITHOUT_NAMES.format(receiver=NAME)
