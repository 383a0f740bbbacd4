"""What an order is in the statistics: the event `Order Completed`. Pure: nothing is sent here.

https://segment.com/docs/connections/spec/ecommerce/v2/#order-completed. The message id comes from the order, so a
repeat is dropped by the receiver. Of the customer it has a pseudonym and the country, no name and no address.
"""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from integrations.lengths import Length
from integrations.pseudonym import pseudonym
from integrations.sizes import first_that_fits
from orders.models import Order, OrderLine
from orders.money import number

# Bytes. A batch may have 500 KB: ours has one event. An order can't be split: each event would count as an order.
# https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
LARGEST_EVENT = 32_000


def order_completed(order: Order) -> dict[str, Any]:
    """The event. Money is in `currency`; the time is when the customer ordered, in UTC.

    The country stands where Segment's own destinations look for it:
    https://segment.com/docs/connections/spec/common/#context
    """
    total = number(order.amount)
    event: dict[str, Any] = {
        "type": "track",
        "event": "Order Completed",
        "userId": pseudonym(order),
        "messageId": f"order-completed-{order.number}",
        "timestamp": order.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "properties": {
            "order_id": order.number,
            "total": total,
            "revenue": total,
            "currency": order.currency,
            "products": [product(line) for line in order.lines.all()],
        },
    }
    if order.shipping_country:
        event["context"] = {"location": {"country": order.shipping_country}}
    return event


def product(line: OrderLine) -> dict[str, Any]:
    return {
        "product_id": line.sku,
        "sku": line.sku,
        "name": line.name,
        "price": number(line.amount),
        "quantity": line.quantity,
        "position": line.position,
    }


def lengths(event: dict[str, Any]) -> Iterator[Length]:
    """What of an order could be too long."""
    properties = event["properties"]
    yield Length("properties.currency", properties["currency"], 3, least=3)
    for index, row in enumerate(properties["products"]):
        yield Length(f"properties.products[{index}].sku", row["sku"], 100)
        yield Length(f"properties.products[{index}].name", row["name"], 200)


def fitting(event: dict[str, Any]) -> dict[str, Any]:
    """The event; if it is too large, without the products' names, then without `sku` too: `product_id` is the same.

    Raises Permanent if it is too large even so.
    """
    return first_that_fits(versions(event), LARGEST_EVENT, "Segment")


def versions(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield event
    for left_out in ({"name"}, {"name", "sku"}):
        properties = event["properties"]
        rows = [{key: value for key, value in row.items() if key not in left_out} for row in properties["products"]]
        yield event | {"properties": properties | {"products": rows}}
