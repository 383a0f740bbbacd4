"""The step `sap`: every order becomes exactly one sales order.

SAP makes a second sales order when asked a second time (SAP KBA 2931385), so it is always looked up first; the claim
on the step's row keeps others from doing the same meanwhile.
"""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from integrations.sap.client import sales_orders
from integrations.sap.payload import sales_order
from integrations.sap.settings import SapSettings
from orders.models import Attempt, Step
from orders.steps import Claim, Done, NotYet, run_step


@shared_task(name="integrations.sap.tasks.notify_sap")
def notify_sap(order_id: int) -> bool:
    return run_step(order_id, "sap", create_sales_order)


def create_sales_order(claim: Claim) -> Done:
    """Creates the order's sales order unless an earlier attempt already did."""
    sap = sales_orders()
    payload = sales_order(claim.order, sap.config)
    failures = claim.step.failures
    if found := sap.find(claim.order.number, failures=failures):
        return already_there(found)
    if claim.step.attempts > 1:
        wait_for_earlier_attempt(claim.step, sap.config)
    number = sap.create(payload, failures=failures)
    return Done(reference=number, answer=f"created sales order {number}", code="201")


def check() -> str:
    """Logs on and looks for an order that can't exist: address, logon and the right to read are tried."""
    sap = sales_orders()
    sap.fetch_token()
    sap.find("connection check")
    return f"lets us in and lets us look up sales orders (client {sap.config.client or 'of the server'})"


def already_there(found: list[str]) -> Done:
    """The look-up's answer: made by an earlier attempt whose answer was lost."""
    warning = ""
    if len(found) > 1:
        warning = f"SAP has {len(found)} sales orders for this order: {', '.join(found)}. Reject all but the first."
    return Done(reference=found[0], answer=f"found sales order {', '.join(found)}", code="200", warning=warning)


def wait_for_earlier_attempt(step: Step, config: SapSettings) -> None:
    """Raises NotYet while SAP may still be working on a request whose answer never came.

    Nothing found proves nothing before SAP's own limit for a request is over: it may commit after our look-up.
    """
    unclear = step.attempt_log.filter(outcome__in=[Attempt.Outcome.UNKNOWN, Attempt.Outcome.LOST])
    latest = unclear.order_by("-number").first()
    if latest is None:
        return
    until = latest.started_at + (latest.duration or settings.STEP_TIME_LIMIT) + config.request_limit
    if until > timezone.now():
        reason = "An earlier try got no answer, and SAP may still be working on it; it is looked up again, then sent."
        raise NotYet(reason, code="waiting", retry_after=until - timezone.now())
