"""The step `matomo`: an e-commerce order over Matomo's tracking API; unique per site and order.

https://developer.matomo.org/api-reference/tracking-api. The currency is the site's own, set in Matomo.
"""

import json
from datetime import UTC
from typing import Any

import requests
from celery import shared_task
from django.conf import settings

from integrations.http.failures import looks_like_a_page, redirect_failure, status_failure
from integrations.http.remote import Remote
from integrations.pseudonym import pseudonym
from integrations.shapes import ECOMMERCE, check_shape
from integrations.statistics.tasks import purchase_of
from orders.models import Order
from orders.steps import Claim, Done, run_step

NAME = "Matomo"


@shared_task(name="integrations.matomo.tasks.record_in_matomo")
def record_in_matomo(order_id: int) -> bool:
    return run_step(order_id, "matomo", record_purchase)


def purchase(order: Order) -> dict[str, Any]:
    """The order's fields, without the customer's name. With a token it is dated to when the customer ordered."""
    fields: dict[str, Any] = {
        "idsite": settings.MATOMO.site_id,
        "rec": "1",
        "apiv": "1",
        "send_image": "0",
        "idgoal": "0",
        "uid": pseudonym(order),
        "ec_id": order.number,
        "revenue": float(order.total),
        "ec_items": [[line.sku, line.name, "", float(line.price), line.quantity] for line in order.lines.all()],
    }
    if settings.MATOMO.token:
        fields["token_auth"] = settings.MATOMO.token
        fields["cdt"] = order.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return fields


def record_purchase(claim: Claim) -> Done:
    fields = purchase(claim.order)
    check_shape(fields, ECOMMERCE, NAME)
    response = _send("POST", data=fields | {"ec_items": json.dumps(fields["ec_items"])})
    if looks_like_a_page(response):
        raise redirect_failure(NAME, "")
    code = str(response.status_code)
    return Done(reference=claim.order.number, answer=f"HTTP {code}", code=code, also=purchase_of(claim.order))


def check() -> str:
    """Opens the tracker without an order; it tells nobody whether the site exists."""
    _send("GET")
    return f"answers (site {settings.MATOMO.site_id} is not looked up)"


def _send(method: str, **options: Any) -> requests.Response:
    remote = Remote(NAME, secrets=[settings.MATOMO.token])
    response = remote.send(method, settings.MATOMO.url, **options)
    if response.status_code >= 300:
        raise status_failure(NAME, response, remote.redacted(response.text))
    return response
