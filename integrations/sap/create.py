"""Creates an order's sales order, exactly once.

SAP makes a second sales order when asked a second time (SAP KBA 2931385), so it is always looked up first; the claim
on the step's row keeps others from doing the same meanwhile, and is checked again right before the request.
"""

from integrations.person import person_of
from integrations.sap.client import sales_orders
from integrations.sap.delivery import shortened
from integrations.sap.earlier_attempt import wait_for_earlier_attempt
from integrations.sap.payload import sales_order
from orders.steps import Claim, Done


def create_sales_order(claim: Claim) -> Done:
    """Creates the order's sales order unless an earlier attempt already did."""
    sap = sales_orders()
    payload = sales_order(claim.order, sap.config)
    failures = claim.step.failures
    private = person_of(claim.order)
    if found := sap.find(claim.order.number, failures=failures, private=private):
        return already_there(found, shortened(claim.order))
    if claim.step.attempts > 1:
        wait_for_earlier_attempt(claim.step, sap.config)
    warned: list[str] = []
    number = sap.create(payload, assure=claim.assure, failures=failures, private=private, warn=warned.append)
    answer = " · ".join([f"created sales order {number}", *warned])
    warning = " ".join(filter(None, [shortened(claim.order), told(warned)]))
    return Done(reference=number, answer=answer, code="201", warning=warning)


def told(warned: list[str]) -> str:
    """SAP's warnings as the step's: it is done, and somebody should look."""
    return f"SAP says: {' · '.join(dict.fromkeys(warned))}" if warned else ""


def already_there(found: list[str], warning: str = "") -> Done:
    """The look-up's answer: made by an earlier attempt whose answer was lost. Two sales orders matter more."""
    if len(found) > 1:
        warning = f"SAP has {len(found)} sales orders for this order: {', '.join(found)}. Reject all but the first."
    return Done(reference=found[0], answer=f"found sales order {', '.join(found)}", code="200", warning=warning)
