"""The effect of the step `sap_cancel`: an order cancelled after SAP has it gets its items rejected there.

Rejecting is SAP's way to cancel: each item gets a SalesDocumentRjcnReason, with the item's ETag so that nobody else's
change is lost. Without SHOP_SAP_REJECTION_REASON it becomes a task for a person.
"""

from integrations.person import person_of
from integrations.sap.answer import text
from integrations.sap.client import SalesOrders, sales_orders
from integrations.sap.create import told
from integrations.sap.earlier_attempt import wait_for_earlier_attempt, wait_for_late_attempt
from orders.models import Step
from orders.steps import Claim, Done, NotYet, Permanent


def reject_sales_order(claim: Claim) -> Done:
    """Rejects all items of whatever SAP has for this order; a repeat finds them rejected and does nothing."""
    sap, number = sales_orders(), claim.order.number
    created = claim.order.steps.get(name="sap")
    if created.state == Step.State.RUNNING:
        raise NotYet("The sales order is being created just now; it is rejected after that.", code="waiting")
    found = sap.find(number, failures=claim.step.failures, private=person_of(claim.order))
    if not found:
        wait_for_earlier_attempt(created, sap.config)
        if created.reference:
            raise not_found(created.reference)
        return Done(answer="SAP has no sales order for it", code="200")
    if not sap.config.rejection_reason:
        raise by_hand(found)
    warned: list[str] = []
    rejected = sum(reject(sap, sales_order, claim, warned) for sales_order in found)
    wait_for_late_attempt(created, sap.config)
    answer = f"rejected {rejected} items of {', '.join(found)}"
    return Done(reference=found[0], answer=answer, code="204", warning=told(warned))


def reject(sap: SalesOrders, sales_order: str, claim: Claim, warned: list[str]) -> int:
    """Rejects the items that are not rejected yet; returns how many. `warned` gets what SAP says beside it."""
    failures, private = claim.step.failures, person_of(claim.order)
    found = sap.items(sales_order, failures=failures, private=private)
    items = [item for item in found if not text(item, "SalesDocumentRjcnReason")]
    for item in items:
        sap.reject_item(sales_order, item, assure=claim.assure, failures=failures, private=private, warn=warned.append)
    return len(items)


def not_found(reference: str) -> Permanent:
    """The look-up contradicts what the desk has recorded: nobody should believe that there is nothing to cancel."""
    return Permanent(
        f"The order was cancelled after SAP had it as sales order {reference}, but SAP's look-up does not find it.",
        next_action="Look in SAP whether its customer reference was changed or it was deleted; cancel it there if not.",
    )


def by_hand(found: list[str]) -> Permanent:
    return Permanent(
        f"The order was cancelled after SAP had it: sales order {', '.join(found)}.",
        next_action="Cancel it in SAP by hand. SHOP_SAP_REJECTION_REASON would let the desk do it.",
    )
