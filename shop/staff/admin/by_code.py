"""Orders by what names exactly one: their tracking number, the client's reference, SAP's number. Each has an index."""

from orders import shipments
from orders.models import Order, Step

SAP = "sap"
MOST = 100  # Several clients may have used one reference.


def orders_by_code(text: str) -> list[int]:
    """The ids of the orders that somebody means by this text, as it was typed or in capitals; [] if it is no code."""
    typed = text.strip()
    if ids := list(shipments.orders_of(typed)):
        return ids
    codes = {typed, typed.upper()} - {""}
    orders = Order.objects.filter(reference__in=codes).exclude(reference="").order_by("-pk")
    steps = Step.objects.filter(name=SAP, reference__in=codes).exclude(reference="").order_by("-pk")
    return [*orders.values_list("pk", flat=True)[:MOST], *steps.values_list("order", flat=True)[:MOST]]
