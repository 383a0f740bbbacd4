"""The step `matomo`: every order becomes an e-commerce order in Matomo."""

from celery import shared_task
from django.conf import settings

from integrations.lengths import check_lengths
from integrations.matomo.client import NAME, track, try_connection
from integrations.matomo.payload import fitting, lengths, purchase
from integrations.sizes import WITHOUT_NAMES
from integrations.statistics.payload import purchase_of
from orders.steps import Claim, Done, run_step

check = try_connection


@shared_task(name="integrations.marketing.matomo.record_in_matomo")
def record_in_matomo(order_id: int) -> bool:
    return run_step(order_id, "matomo", record_purchase)


def record_purchase(claim: Claim) -> Done:
    """Sends the order. Sent twice it counts once: Matomo knows the site's order numbers."""
    fields = purchase(claim.order, settings.MATOMO)
    check_lengths(lengths(fields), NAME)
    sent = fitting(fields)
    code = str(track(sent, claim.assure))
    return Done(
        reference=claim.order.number,
        answer=f"HTTP {code}",
        code=code,
        warning="" if sent is fields else WITHOUT_NAMES.format(receiver=NAME),
        also=purchase_of(claim.order),
    )
