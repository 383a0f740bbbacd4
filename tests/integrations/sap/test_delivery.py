"""Where an order goes, in SAP: the ship-to party's address, nothing too long, and nothing lost."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings
from wcwidth import iter_graphemes

from integrations.sap import client, tasks
from integrations.sap.delivery import LENGTHS, shortened
from integrations.sap.lengths import cut, units
from integrations.sap.payload import sales_order
from orders.models import Order, Product, Step
from orders.steps import Permanent
from tests.factories import make_order
from tests.integrations.deliveries import EVERYTHING
from tests.integrations.running_sandbox import RunningSandbox
from tests.integrations.sap.conftest import RunSap

pytestmark = pytest.mark.django_db


def order_with(products: list[Product], **fields: Any) -> Order:
    return make_order([(products[0], 2)], **fields)


def payload(order: Order) -> dict[str, Any]:
    return sales_order(order, django_settings.SAP)


def held() -> None:
    """A claim that holds."""


def test_an_address_becomes_that_of_the_ship_to_party(products: list[Product]) -> None:
    order = order_with(products, **EVERYTHING)
    sent = payload(order)
    assert sent["to_Partner"] == [
        {
            "PartnerFunction": "SH",
            "Customer": "17100001",
            "to_Address": [
                {
                    "AddresseeFullName": "Ingeborg Sørensen",
                    "StreetName": "Kløvermarksvej 70",
                    "StreetSuffixName1": "Opgang Ekspresso",
                    "PostalCode": "2300",
                    "CityName": "København S",
                    "Region": "84",
                    "Country": "DK",
                    "PhoneNumber": "+45 33 12 34 56",
                    "EmailAddress": "Frida.Blömqvist@Post.Example",
                    "CorrespondenceLanguage": "EN",
                }
            ],
        }
    ]
    assert (sent["PurchaseOrderByCustomer"], sent["PurchaseOrderByShipToParty"]) == (order.number, "WEB-2026/0815")
    assert sent["to_Text"][0]["LongText"] == "Helgi Möller\nPlease leave it with Zoë at number 12345"
    assert shortened(order) == ""


def test_what_was_not_given_is_not_sent_and_the_name_is_the_customers(products: list[Product]) -> None:
    [partner] = payload(order_with(products, shipping_country="IS"))["to_Partner"]
    assert partner["to_Address"] == [
        {"AddresseeFullName": "Helgi Möller", "Country": "IS", "CorrespondenceLanguage": "EN"}
    ]


def test_an_order_without_anything_new_is_sent_as_before_to_the_byte(products: list[Product]) -> None:
    order = order_with(products, note="Ring twice")
    before = (
        '{"SalesOrderType": "OR", "SalesOrganization": "1710", "DistributionChannel": "10",'
        ' "OrganizationDivision": "00", "SoldToParty": "17100001", "PurchaseOrderByCustomer": "' + order.number + '",'
        ' "TransactionCurrency": "EUR", "to_Item": [{"Material": "TG11", "RequestedQuantity": "2",'
        ' "RequestedQuantityUnit": "PC", "to_PricingElement": [{"ConditionType": "PPR0",'
        ' "ConditionRateValue": "19.90", "ConditionCurrency": "EUR", "ConditionQuantity": "1",'
        ' "ConditionQuantityUnit": "PC"}]}], "to_Text": [{"Language": "EN", "LongTextID": "TX01",'
        ' "LongText": "Helgi M\\u00f6ller\\nRing twice"}]}'
    )
    assert json.dumps(payload(order)) == before


def test_what_has_no_address_to_stand_in_stands_in_the_text(products: list[Product]) -> None:
    order = order_with(
        products, note="Ring", email="h@x.example", shipping_phone="+354 555", shipping_name="Anna", reference="W-1"
    )
    sent = payload(order)
    assert "to_Partner" not in sent
    assert sent["PurchaseOrderByShipToParty"] == "W-1"
    assert sent["to_Text"][0]["LongText"] == "Helgi Möller\nAnna\n+354 555\nh@x.example\nRing"


FAMILY = "👩\u200d👩\u200d👧"  # eight units of UTF-16, one character to a reader


@pytest.mark.parametrize("letter", ["x", "e\u0301", "😀", FAMILY, "🇩🇪", "क्षि", "한"])
@pytest.mark.parametrize("most", [1, 3, 10, 80])
def test_a_text_is_cut_between_what_readers_call_characters(letter: str, most: int) -> None:
    kept = cut(letter * 80, most)
    assert units(kept) <= most
    assert set(iter_graphemes(kept)) <= {letter}
    assert units(kept) + units(letter) > most
    assert cut(letter, units(letter)) == letter


def test_a_cut_text_does_not_end_in_a_space() -> None:
    assert cut("Maria Anna", 6) == "Maria"


def test_a_name_too_long_for_sap_is_cut_and_stands_in_full_in_the_text(products: list[Product]) -> None:
    name = "Möller " * 27 + "Helgi"
    order = order_with(products, customer_name=name, shipping_country="DE")
    sent = payload(order)
    [address] = sent["to_Partner"][0]["to_Address"]
    assert address["AddresseeFullName"] == name[:80].rstrip()
    assert sent["to_Text"][0]["LongText"] == name
    assert shortened(order) == (
        "Too long for SAP, so it was cut: AddresseeFullName. The whole stands in the sales order's header text."
    )


def test_characters_that_sap_counts_twice_are_cut_too_and_nothing_is_lost(products: list[Product]) -> None:
    full = {
        "reference": "📦" * 35,
        "shipping_name": "😀" * 80,
        "shipping_line1": "🏠" * 60,
        "shipping_line2": "🚪" * 40,
        "shipping_postal_code": "📮" * 10,
        "shipping_city": "🌆" * 40,
        "shipping_state": "🗺" * 3,
        "shipping_phone": "📞" * 30,
        "email": "✉" * 241,
        "shipping_country": "DE",
    }
    order = order_with(products, **full)
    sent = payload(order)
    [address] = sent["to_Partner"][0]["to_Address"]
    for name, value in (address | {"PurchaseOrderByShipToParty": sent["PurchaseOrderByShipToParty"]}).items():
        assert units(value) <= LENGTHS.get(name, 2), name
    lines = sent["to_Text"][0]["LongText"].split("\n")
    assert lines == [
        "Helgi Möller",
        *[value for name, value in full.items() if name not in ("email", "shipping_country")],
    ]


def test_the_step_warns_of_what_was_cut_and_quotes_nobody(
    sandbox: RunningSandbox, run_sap: RunSap, order: Order
) -> None:
    Order.objects.filter(pk=order.pk).update(shipping_country="DE", shipping_name="😀Anna" * 16)
    for said in ("created", "found"):
        step = run_sap()
        assert (step.state, step.attempt_log.latest("number").answer.split()[0]) == (Step.State.DONE, said)
        assert step.warning.startswith("Too long for SAP, so it was cut: AddresseeFullName.")
        assert "Anna" not in step.warning


def test_the_stand_in_takes_an_order_with_everything_and_finds_it_by_our_number(
    sandbox: RunningSandbox, products: list[Product]
) -> None:
    order = order_with(products, **EVERYTHING)
    tasks.notify_sap(order.pk)
    step = order.steps.get(name="sap")
    assert (step.state, step.warning) == (Step.State.DONE, ""), step.reason
    [row] = sandbox.sales_orders()
    assert row["payload"] == payload(order)
    assert client.sales_orders().find(order.number) == [step.reference]
    assert client.sales_orders().find(order.reference) == []


def changed(sent: dict[str, Any], where: str, name: str, value: Any) -> dict[str, Any]:
    rows = {"order": sent, "partner": sent["to_Partner"][0], "address": sent["to_Partner"][0]["to_Address"][0]}
    rows[where][name] = value
    return sent


REFUSED = {
    "unknown property of the order": ("order", "NoSuchProperty", "x"),
    "unknown property of the partner": ("partner", "NoSuchProperty", "x"),
    "unknown property of the address": ("address", "Street", "x"),
    "another's navigation": ("address", "to_Address", []),
    "reference of 36": ("order", "PurchaseOrderByShipToParty", "x" * 36),
    "name of 81": ("address", "AddresseeFullName", "x" * 81),
    "name of 41 emoji": ("address", "AddresseeFullName", "😀" * 41),
    "street of 61": ("address", "StreetName", "x" * 61),
    "second line of 41": ("address", "StreetSuffixName1", "x" * 41),
    "postal code of 11": ("address", "PostalCode", "x" * 11),
    "city of 41": ("address", "CityName", "x" * 41),
    "region of 4": ("address", "Region", "x" * 4),
    "telephone of 31": ("address", "PhoneNumber", "1" * 31),
    "e-mail of 242": ("address", "EmailAddress", "x" * 242),
    "a number for a text": ("address", "PostalCode", 2300),
    "no country": ("address", "Country", ""),
    "a country that is none": ("address", "Country", "XX"),
    "a country in small letters": ("address", "Country", "dk"),
    "a partner function that is none": ("partner", "PartnerFunction", "XY"),
    "a partner function in German": ("partner", "PartnerFunction", "WE"),
    "no customer": ("partner", "Customer", ""),
    "an unknown customer": ("partner", "Customer", "4711"),
}


@pytest.mark.parametrize(("where", "name", "value"), REFUSED.values(), ids=list(REFUSED))
def test_the_stand_in_refuses_what_sap_would(
    sandbox: RunningSandbox, products: list[Product], where: str, name: str, value: Any
) -> None:
    sent = changed(payload(order_with(products, **EVERYTHING)), where, name, value)
    with pytest.raises(Permanent, match="SAP did not accept the order"):
        client.sales_orders().create(sent, assure=held)
    assert sandbox.sales_orders() == []


def test_another_name_of_the_ship_to_party_can_be_set(products: list[Product], settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, partner_function="WE")
    assert payload(order_with(products, **EVERYTHING))["to_Partner"][0]["PartnerFunction"] == "WE"
