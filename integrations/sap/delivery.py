"""Where an order goes, as SAP takes it: the ship-to party with an address of this order's own. Pure.

Properties and lengths: A_SalesOrderHeaderPartner and A_SalesOrderPartnerAddress of the service's $metadata,
https://api.sap.com/api/API_SALES_ORDER_SRV. Their header partner's `to_Address` is a list. The partner is the one-time
customer itself: SAP knows no other number for who gets the parcel.
"""

from typing import Any

from integrations.sap.lengths import cut, units
from integrations.sap.settings import SapSettings
from orders.models import Order

REFERENCE = "PurchaseOrderByShipToParty"
LENGTHS = {
    REFERENCE: 35,
    "AddresseeFullName": 80,
    "StreetName": 60,
    "StreetSuffixName1": 40,
    "PostalCode": 10,
    "CityName": 40,
    "Region": 3,
    "Country": 3,
    "PhoneNumber": 30,
    "EmailAddress": 241,
}


def reference(order: Order) -> dict[str, str]:
    """The shop front's own number; nothing if it gave none. The look-up goes by our number, in another property."""
    return {REFERENCE: cut(order.reference, LENGTHS[REFERENCE])} if order.reference else {}


def ship_to(order: Order, config: SapSettings) -> dict[str, Any]:
    """The header partner with the address; nothing if the order has none: SAP takes no address without a country."""
    if not order.shipping.has_address:
        return {}
    address = {name: cut(value, LENGTHS[name]) for name, value in addressed(order).items()}
    partner = {
        "PartnerFunction": config.partner_function,
        "Customer": config.sold_to,
        "to_Address": [address | {"CorrespondenceLanguage": config.text_language}],
    }
    return {"to_Partner": [partner]}


def addressed(order: Order) -> dict[str, str]:
    """The address in SAP's words and in full; what was not given is left out."""
    shipping = order.shipping
    given = {
        "AddresseeFullName": shipping.name,
        "StreetName": shipping.line1,
        "StreetSuffixName1": shipping.line2,
        "PostalCode": shipping.postal_code,
        "CityName": shipping.city,
        "Region": shipping.state,
        "Country": shipping.country,
        "PhoneNumber": shipping.phone,
        "EmailAddress": order.email,
    }
    return {name: value for name, value in given.items() if value}


def too_long(order: Order) -> dict[str, str]:
    """What SAP gets shortened: the property, and the text in full."""
    sent = addressed(order) if order.shipping.has_address else {}
    return {
        name: value for name, value in [(REFERENCE, order.reference), *sent.items()] if units(value) > LENGTHS[name]
    }


def in_the_text(order: Order) -> list[str]:
    """What has no other place in SAP, or not enough of it: lines of the header text, none of them twice.

    Without an address that is whom the parcel is for, the telephone and the e-mail.
    """
    shipping = order.shipping
    homeless = [] if shipping.has_address else [shipping.name, shipping.phone, order.email]
    lines = dict.fromkeys([*homeless, *too_long(order).values()])
    return [line for line in lines if line and line != order.customer_name]


def shortened(order: Order) -> str:
    """The step's warning if something was cut; "" if not. It names properties, and quotes nobody's address."""
    if not (names := ", ".join(too_long(order))):
        return ""
    return f"Too long for SAP, so it was cut: {names}. The whole stands in the sales order's header text."
