"""The shapes that the receivers document, as JSON Schema: every payload that a test builds is compared with them.

Segment and GA4 answer 200 to an event that they then drop, so nobody else would say.
"""

import json
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

from integrations.ga4 import client as ga4
from integrations.matomo import client as matomo
from integrations.segment import client as segment

MONEY = {"type": "number", "minimum": 0}
CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$"}
COUNTRY = {"type": "string", "pattern": "^[A-Z]{2}$"}
PIECES = {"type": "integer", "minimum": 1}


def text(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def record(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


# https://segment.com/docs/connections/spec/ecommerce/v2/#order-completed
PRODUCT = record(
    {"product_id": text(100), "price": MONEY, "quantity": PIECES, "position": PIECES}, sku=text(100), name=text(200)
)
ORDER_COMPLETED = record(
    {
        "type": {"const": "track"},
        "event": {"const": "Order Completed"},
        "userId": text(100),
        "messageId": text(100),
        "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
        "properties": record(
            {
                "order_id": text(100),
                "total": MONEY,
                "revenue": MONEY,
                "currency": CURRENCY,
                "products": {"type": "array", "minItems": 1, "items": PRODUCT},
            }
        ),
    },
    context=record({"location": record({"country": COUNTRY})}),  # https://segment.com/docs/connections/spec/common
)

# https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#purchase
ITEM = record({"item_id": text(100), "price": MONEY, "quantity": PIECES, "index": PIECES}, item_name=text(100))
PURCHASE = record(
    {
        "client_id": text(100),
        "events": {
            "type": "array",
            "minItems": 1,
            "maxItems": 25,
            "items": record(
                {
                    "name": {"const": "purchase"},
                    "params": record(
                        {
                            "transaction_id": text(100),
                            "currency": CURRENCY,
                            "value": MONEY,
                            "items": {"type": "array", "minItems": 1, "maxItems": 200, "items": ITEM},
                        },
                        engagement_time_msec=PIECES,
                    ),
                }
            ),
        },
    },
    timestamp_micros=PIECES,
    user_location=record({"country_id": COUNTRY}),
)

# https://developer.matomo.org/api-reference/tracking-api; ec_items is looked at before it becomes JSON.
ECOMMERCE = record(
    {
        "idsite": text(20),
        "rec": {"const": "1"},
        "apiv": {"const": "1"},
        "send_image": {"const": "0"},
        "idgoal": {"const": "0"},
        "uid": text(200),
        "ec_id": text(100),
        "revenue": MONEY,
        "ec_items": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "array",
                "prefixItems": [text(255), text(255) | {"minLength": 0}, {"type": "string"}, MONEY, PIECES],
                "minItems": 5,
                "maxItems": 5,
            },
        },
    },
    cdt={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"},
    token_auth=text(100),
    country={"type": "string", "pattern": "^[a-z]{2}$"},
)


SENT_AT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$"}
BATCH = record({"batch": {"type": "array", "items": ORDER_COMPLETED}, "sentAt": SENT_AT})


def objection(schema: dict[str, Any], payload: Any) -> str:
    """The first thing that is wrong with the payload, or ""."""
    error = next(Draft202012Validator(schema).iter_errors(payload), None)
    return f"{error.json_path}: {error.message}" if error else ""


def objection_to(receiver: str, sent: dict[str, Any]) -> str:
    """The first thing that a receiver's documentation has against what was `sent` to it (requests' options), or ""."""
    if receiver == segment.NAME:
        return objection(BATCH, json.loads(sent["data"]))
    if receiver == ga4.NAME:
        return objection(PURCHASE, json.loads(sent["data"]))
    if receiver == matomo.NAME and "data" in sent:
        fields = dict(parse_qsl(sent["data"].decode(), strict_parsing=True))
        read = {name: json.loads(fields[name]) for name in ("ec_items", "revenue") if name in fields}
        return objection(ECOMMERCE, fields | read)
    return ""
