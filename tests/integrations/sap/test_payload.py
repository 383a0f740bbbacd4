import pytest
from django.conf import settings

from integrations.sap.payload import sales_order
from orders.models import Order, Product
from orders.steps import Permanent


def test_an_order_becomes_a_sales_order_with_items_prices_and_the_name_as_text(order: Order) -> None:
    assert sales_order(order, settings.SAP) == {
        "SalesOrderType": "OR",
        "SalesOrganization": "1710",
        "DistributionChannel": "10",
        "OrganizationDivision": "00",
        "SoldToParty": "17100001",
        "PurchaseOrderByCustomer": order.number,
        "TransactionCurrency": "EUR",
        "to_Item": [
            {
                "Material": "TG11",
                "RequestedQuantity": "2",
                "RequestedQuantityUnit": "PC",
                "to_PricingElement": [
                    {
                        "ConditionType": "PPR0",
                        "ConditionRateValue": "19.90",
                        "ConditionCurrency": "EUR",
                        "ConditionQuantity": "1",
                        "ConditionQuantityUnit": "PC",
                    }
                ],
            },
            {
                "Material": "TG12",
                "RequestedQuantity": "1",
                "RequestedQuantityUnit": "PC",
                "to_PricingElement": [
                    {
                        "ConditionType": "PPR0",
                        "ConditionRateValue": "45.00",
                        "ConditionCurrency": "EUR",
                        "ConditionQuantity": "1",
                        "ConditionQuantityUnit": "PC",
                    }
                ],
            },
        ],
        "to_Text": [{"Language": "EN", "LongTextID": "TX01", "LongText": "Helgi Möller"}],
    }


def test_the_customers_note_follows_the_name(order: Order) -> None:
    order.note = "Please ring twice."
    assert sales_order(order, settings.SAP)["to_Text"][0]["LongText"] == "Helgi Möller\nPlease ring twice."


def test_a_product_without_material_parks_the_order_and_says_which(order: Order, products: list[Product]) -> None:
    products[1].sap_material = ""
    products[1].save()
    with pytest.raises(Permanent, match="No SAP material is known for LAMP") as caught:
        sales_order(Order.objects.get(pk=order.pk), settings.SAP)
    assert caught.value.next_action == "Enter the SAP material at the product, then send the step again."
