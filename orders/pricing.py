"""What the customer was told an order costs, compared with what it costs today."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orders.errors import PriceChanged
from orders.models import Order, OrderLine

MOST_TOLD = 15_000  # bytes of JSON; the rest of a problem's 16 kB is its words
# What is left out of the lines, in this sequence, of an order with so many that they would be more.
_LEFT_OUT: tuple[set[str], ...] = (set(), {"name"}, {"name", "sku"})


def check_price(order: Order, lines: Sequence[OrderLine], total: Decimal | None, currency: str) -> None:
    """Raises PriceChanged if `total` or `currency`, as far as they are given, are other than the order's.

    Compared as decimals: 12.9 is 12.90. Each is compared by itself: a total without a currency is in the shop's.
    """
    if currency in ("", order.currency) and (total is None or total == order.amount):
        return
    raise PriceChanged({"currency": order.currency, "total": str(order.amount), "lines": _today(lines)})


def _today(lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    """The lines as they would be sold, in the sequence in which their products were named."""
    for left_out in _LEFT_OUT:
        told = [{name: value for name, value in told_line(line).items() if name not in left_out} for line in lines]
        if len(json.dumps(told)) <= MOST_TOLD:
            break
    return told


def told_line(line: OrderLine) -> dict[str, Any]:
    """A line as other programs are told it, in a refusal and in an event."""
    return {
        "product_id": line.product_id,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "price": str(line.amount),
    }
