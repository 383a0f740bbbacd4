"""What an order is in Matomo: the fields of an e-commerce order. Pure: nothing is sent here.

https://developer.matomo.org/api-reference/tracking-api. An order number counts once per site. The currency is the
site's own, set in Matomo. Of the customer it has a pseudonym and the country, no name and no address.
"""

from collections.abc import Iterator
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from integrations.lengths import Length
from integrations.matomo.settings import MatomoSettings
from integrations.pseudonym import pseudonym
from integrations.sizes import as_json, first_that_fits
from orders.models import Order
from orders.money import number

# Bytes. Matomo itself sets no limit; nginx before it takes 1 MB unless it is told otherwise, PHP 8 MB:
# https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size
LARGEST_BODY = 1_000_000


def purchase(order: Order, config: MatomoSettings) -> dict[str, Any]:
    """The fields. Only with a token does Matomo take the time when the customer ordered, and the country."""
    fields: dict[str, Any] = {
        "idsite": config.site_id,
        "rec": "1",
        "apiv": "1",
        "send_image": "0",
        "idgoal": "0",
        "uid": pseudonym(order),
        "ec_id": order.number,
        "revenue": number(order.amount),
        "ec_items": [[line.sku, line.name, "", number(line.amount), line.quantity] for line in order.lines.all()],
    }
    if config.token:
        fields["token_auth"] = config.token
        fields["cdt"] = order.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        if order.shipping_country:
            fields["country"] = order.shipping_country.lower()
    return fields


def form(fields: dict[str, Any]) -> bytes:
    """The fields as the body of the request; the items travel as JSON."""
    return urlencode(fields | {"ec_items": as_json(fields["ec_items"])}).encode()


def fitting(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, without the products' names if they are too large with them: Matomo needs the SKU alone.

    Raises Permanent if they are too large even so.
    """
    return first_that_fits(versions(fields), LARGEST_BODY, "Matomo", sent=form)


def versions(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield fields
    yield fields | {"ec_items": [[sku, "", *rest] for sku, _, *rest in fields["ec_items"]]}


def lengths(fields: dict[str, Any]) -> Iterator[Length]:
    """What of an order or of the settings could be too long."""
    yield Length("idsite", fields["idsite"], 20)
    yield Length("token_auth", fields.get("token_auth", ""), 100, least=0)
    for index, (sku, name, *_) in enumerate(fields["ec_items"]):
        yield Length(f"ec_items[{index}][0]", sku, 255)
        yield Length(f"ec_items[{index}][1]", name, 255)
