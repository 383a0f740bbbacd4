"""What an order is in SAP: the deep insert for API_SALES_ORDER_SRV (OData V2). Pure: nothing is sent here.

Decimals travel as strings. Properties: https://api.sap.com/api/API_SALES_ORDER_SRV
"""

from typing import Any

from integrations.sap.delivery import in_the_text, reference, ship_to
from integrations.sap.settings import SapSettings
from orders.models import Order, OrderLine
from orders.steps import Permanent


def sales_order(order: Order, config: SapSettings) -> dict[str, Any]:
    """The sales order with items, prices as sold, and the customer's name as text (SoldToParty takes a number only).

    With an address in the order, that of the ship-to party too. Raises Permanent if a product has no material number.
    """
    lines = list(order.lines.all())
    if missing := [line.sku for line in lines if not line.product.sap_material]:
        raise no_material(missing)
    return {
        "SalesOrderType": config.order_type,
        "SalesOrganization": config.sales_organization,
        "DistributionChannel": config.distribution_channel,
        "OrganizationDivision": config.division,
        "SoldToParty": config.sold_to,
        "PurchaseOrderByCustomer": order.number,
        **reference(order),
        "TransactionCurrency": order.currency,
        "to_Item": [item(line, order.currency, config) for line in lines],
        **ship_to(order, config),
        "to_Text": [text(order, config)],
    }


def item(line: OrderLine, currency: str, config: SapSettings) -> dict[str, Any]:
    """One item: pieces of a material, at the price per piece as sold."""
    price = {
        "ConditionType": config.price_condition,
        "ConditionRateValue": str(line.amount),
        "ConditionCurrency": currency,
        "ConditionQuantity": "1",
        "ConditionQuantityUnit": config.unit,
    }
    return {
        "Material": line.product.sap_material,
        "RequestedQuantity": str(line.quantity),
        "RequestedQuantityUnit": config.unit,
        "to_PricingElement": [price],
    }


def text(order: Order, config: SapSettings) -> dict[str, str]:
    """The header text that tells SAP's staff who bought it, and what the customer asked for."""
    return {
        "Language": config.text_language,
        "LongTextID": config.text_id,
        "LongText": "\n".join(filter(None, [order.customer_name, *in_the_text(order), order.note])),
    }


def no_material(skus: list[str]) -> Permanent:
    return Permanent(
        f"No SAP material is known for {', '.join(skus)}.",
        next_action="Enter the SAP material at the product, then send the step again.",
    )
