"""What an order is in Google Analytics 4: the event `purchase`. Pure: nothing is sent here.

https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#purchase. `transaction_id`
makes a repeat count once. Of the customer it has a pseudonym and the country, no name and no address.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from integrations.lengths import Length
from integrations.pseudonym import pseudonym
from integrations.sizes import first_that_fits
from orders.models import Order, OrderLine
from orders.money import number

BACK_DATING = timedelta(hours=72)  # Older events are dropped.
# Bytes: https://developers.google.com/analytics/devguides/collection/protocol/ga4/sending-events#limitations. An order
# can't be split: of two events with one transaction_id the second is dropped, with two ids they are two purchases.
LARGEST_BODY = 130_000


def purchase(order: Order, now: datetime) -> dict[str, Any]:
    """The event. Without a time (Google takes its own) if the order is too old."""
    params = {
        "transaction_id": order.number,
        "currency": order.currency,
        "value": number(order.amount),
        "items": [item(line) for line in order.lines.all()],
        "engagement_time_msec": 1,
    }
    event: dict[str, Any] = {"client_id": pseudonym(order), "events": [{"name": "purchase", "params": params}]}
    if now - order.created_at < BACK_DATING:
        event["timestamp_micros"] = int(order.created_at.timestamp() * 1_000_000)
    if order.shipping_country:  # https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference
        event["user_location"] = {"country_id": order.shipping_country}
    return event


def item(line: OrderLine) -> dict[str, Any]:
    return {
        "item_id": line.sku,
        "item_name": line.name[:100],
        "price": number(line.amount),
        "quantity": line.quantity,
        "index": line.position,
    }


def fitting(event: dict[str, Any]) -> dict[str, Any]:
    """The event, without the items' names if it is too large with them: an item needs an id or a name.

    Raises Permanent if it is too large even so.
    """
    return first_that_fits(versions(event), LARGEST_BODY, "Google Analytics")


def versions(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield event
    [purchase] = event["events"]
    items = [{key: value for key, value in row.items() if key != "item_name"} for row in purchase["params"]["items"]]
    yield event | {"events": [purchase | {"params": purchase["params"] | {"items": items}}]}


def lengths(event: dict[str, Any]) -> Iterator[Length]:
    """What of an order could be too long."""
    params = event["events"][0]["params"]
    yield Length("events[0].params.currency", params["currency"], 3, least=3)
    yield Length("events[0].params.items", params["items"], 200)
    for index, row in enumerate(params["items"]):
        yield Length(f"events[0].params.items[{index}].item_id", row["item_id"], 100)
        yield Length(f"events[0].params.items[{index}].item_name", row["item_name"], 100)
