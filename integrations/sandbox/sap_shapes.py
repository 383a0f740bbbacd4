"""What SAP's $metadata says of a sales order: properties, with the characters that each takes, and what hangs below.

As much of https://api.sap.com/api/API_SALES_ORDER_SRV as an order needs. SAP counts UTF-16 code units.
"""

from collections.abc import Iterator
from typing import Any

SALES_ORDER = "A_SalesOrder"
LENGTHS: dict[str, dict[str, int]] = {
    SALES_ORDER: {
        "SalesOrder": 10, "SalesOrderType": 4, "SalesOrganization": 4, "DistributionChannel": 2,
        "OrganizationDivision": 2, "SoldToParty": 10, "PurchaseOrderByCustomer": 35, "PurchaseOrderByShipToParty": 35,
        "CustomerPurchaseOrderType": 4, "TransactionCurrency": 5,
    },
    "A_SalesOrderItem": {
        "SalesOrder": 10, "SalesOrderItem": 6, "SalesOrderItemCategory": 4, "SalesOrderItemText": 40,
        "PurchaseOrderByCustomer": 35, "Material": 40, "MaterialByCustomer": 35, "RequestedQuantity": 17,
        "RequestedQuantityUnit": 3, "SalesDocumentRjcnReason": 2,
    },
    "A_SalesOrderItemPrElement": {
        "SalesOrder": 10, "SalesOrderItem": 6, "PricingProcedureStep": 3, "PricingProcedureCounter": 3,
        "ConditionType": 4, "ConditionRateValue": 26, "ConditionCurrency": 5, "ConditionQuantity": 6,
        "ConditionQuantityUnit": 3,
    },
    "A_SalesOrderHeaderPartner": {
        "SalesOrder": 10, "PartnerFunction": 2, "Customer": 10, "Supplier": 10, "Personnel": 8, "ContactPerson": 10,
    },
    "A_SalesOrderPartnerAddress": {
        "SalesOrder": 10, "PartnerFunction": 2, "AddressRepresentationCode": 1, "CorrespondenceLanguage": 2,
        "AddresseeFullName": 80, "OrganizationName1": 40, "OrganizationName2": 40, "OrganizationName3": 40,
        "OrganizationName4": 40, "CityName": 40, "DistrictName": 40, "PostalCode": 10, "StreetPrefixName1": 40,
        "StreetPrefixName2": 40, "StreetName": 60, "StreetSuffixName1": 40, "StreetSuffixName2": 40, "HouseNumber": 10,
        "Country": 3, "Region": 3, "FormOfAddress": 4, "TaxJurisdiction": 15, "TransportZone": 10, "POBox": 10,
        "POBoxPostalCode": 10, "EmailAddress": 241, "MobilePhoneCountry": 3, "MobileNumber": 30,
        "PhoneNumberCountry": 3, "PhoneNumber": 30, "PhoneExtensionNumber": 10, "FaxNumberCountry": 3,
        "FaxAreaCodeSubscriberNumber": 30, "FaxExtensionNumber": 10,
    },
    "A_SalesOrderText": {"SalesOrder": 10, "Language": 2, "LongTextID": 4, "LongText": 10**6},
}  # fmt: skip
BELOW: dict[str, dict[str, str]] = {
    SALES_ORDER: {
        "to_Item": "A_SalesOrderItem",
        "to_Partner": "A_SalesOrderHeaderPartner",
        "to_Text": "A_SalesOrderText",
    },
    "A_SalesOrderItem": {"to_PricingElement": "A_SalesOrderItemPrElement"},
    "A_SalesOrderHeaderPartner": {"to_Address": "A_SalesOrderPartnerAddress"},
}
# Partner functions in English: sold-to, ship-to, bill-to, payer, contact, forwarding agent, responsible employee.
FUNCTIONS = frozenset({"SP", "SH", "BP", "PY", "CP", "SF", "ER"})
# ISO 3166-1 alpha-2, and Kosovo: the countries that SAP is delivered with.
ISO_3166 = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ"
    " CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM"
    " FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS"
    " IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML"
    " MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN"
    " PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG"
    " TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(ISO_3166.split())
Objection = tuple[str, str]  # message code, message


def objections(row: Any, entity: str = SALES_ORDER) -> Iterator[Objection]:
    """What the service's own layer refuses, before SAP looks at its master data."""
    if not isinstance(row, dict):
        yield "/IWBEP/CM_MGW_RT/004", f"{entity}: an object was expected."
        return
    for name, value in row.items():
        if below := BELOW.get(entity, {}).get(name):
            for one in rows(value):
                yield from objections(one, below)
        elif name not in LENGTHS[entity]:
            yield "/IWBEP/CM_MGW_RT/021", f"Property {name} is invalid for {entity}."
        elif not isinstance(value, str):
            yield "/IWBEP/CM_MGW_RT/176", f"The value of {name} is no Edm.String."
        elif len(value.encode("utf-16-le", "surrogatepass")) // 2 > LENGTHS[entity][name]:
            yield "/IWBEP/CM_MGW_RT/045", f"{name} is longer than {LENGTHS[entity][name]} characters."


def partner_objections(order: dict[str, Any], sold_to: str) -> Iterator[Objection]:
    """What SAP's master data refuses of the partners: their function, their number, their country."""
    for partner in rows(order.get("to_Partner")):
        function, customer = partner.get("PartnerFunction", ""), partner.get("Customer", "")
        if function not in FUNCTIONS:
            yield "VP/107", f"Partner function {function} is not defined."
        if customer != sold_to:
            yield (
                "VP/204",
                f"Partner {function}: customer {customer or '(none)'} is not maintained for this sales area.",
            )
        for address in rows(partner.get("to_Address")):
            if address.get("Country", "") not in COUNTRIES:
                yield "AM/213", f"Country {address.get('Country') or '(none)'} is not defined."


def rows(value: Any) -> list[Any]:
    """A deep insert's rows, whether as a list or as OData V2's `{"results": […]}`."""
    found = value.get("results") if isinstance(value, dict) else value
    return found if isinstance(found, list) else []
