"""An event as other programs read it: a CloudEvent 1.0 in structured JSON.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md, and for `sequence`
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/sequence.md. docs/asyncapi.json describes it.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from orders.models import Event, Order
from orders.pricing import told_line

CONTENT_TYPE = "application/cloudevents+json"
SOURCE = "/orders"
# The name (`$id`) that the schema of each type has in docs/asyncapi.json. Another meaning gets another number.
SCHEMA = "urn:order-desk:event:{type}:1"


def cloudevent(event: Event) -> dict[str, Any]:
    """The same each time it is asked for, as long as SHOP_EVENT_NAMES is not changed."""
    return {
        "specversion": "1.0",
        "id": str(event),
        "source": SOURCE,
        "type": event.type,
        "subject": event.order.number,
        "time": _time(event.at),
        "sequence": event.sequence,
        "datacontenttype": "application/json",
        "dataschema": SCHEMA.format(type=event.type),
        "data": _data(event),
    }


def _data(event: Event) -> dict[str, Any]:
    order = event.order
    data: dict[str, Any] = {"order_num": order.number}
    if settings.EVENT_NAMES:
        data["customer_name"] = order.customer_name
    if event.step:
        data["step"] = event.step
    if event.type == Event.Type.RECEIVED:
        data |= _ordered(order)
    return data | (event.data or {})


def _ordered(order: Order) -> dict[str, Any]:
    """What was ordered, under the names that the API has for it."""
    lines = [told_line(line) for line in order.lines.all()]
    return {"currency": order.currency, "total": str(order.amount), "lines": lines}


def _time(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
