"""What a program of the shop's own is told about an order. Pure: nothing is sent here.

Nothing of the customer is in it, neither a name nor an address or a country; who needs it asks the desk for the order.
"""

from datetime import UTC
from typing import Any

from orders.models import Order


def order_placed(order: Order) -> dict[str, Any]:
    """Money as text, in `currency`; the time is when the customer ordered."""
    lines = [
        {"sku": line.sku, "name": line.name, "quantity": line.quantity, "price": str(line.amount)}
        for line in order.lines.all()
    ]
    data = {"order_num": order.number, "total": str(order.amount), "currency": order.currency, "lines": lines}
    return {"type": "order.placed", "timestamp": order.created_at.astimezone(UTC).isoformat(), "data": data}
