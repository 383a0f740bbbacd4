"""SAP's own OData code takes the address of the ship-to party, refuses what is wrong with it, and gives it back."""

from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.sandbox.sap_shapes import COUNTRIES
from integrations.sap import client, tasks
from integrations.sap.delivery import addressed
from integrations.sap.payload import sales_order
from orders.models import Order, Product, Step
from orders.steps import Permanent
from tests.factories import make_order
from tests.integrations.deliveries import EVERYTHING
from tests.integrations.sap.test_delivery import REFUSED, changed
from tests.peers.node import Peer

pytestmark = pytest.mark.django_db


def held() -> None:
    """A claim that holds."""


def address_in(second_client: Any, number: str) -> Any:
    addresses = second_client.entity_sets.A_SalesOrderPartnerAddress
    return addresses.get_entity(SalesOrder=number, PartnerFunction="SH", AddressRepresentationCode="").execute()


def test_a_second_client_reads_back_where_it_goes(products: list[Product], second_client: Any) -> None:
    order = make_order([(products[0], 1)], **EVERYTHING)
    tasks.notify_sap(order.pk)
    step = order.steps.get(name="sap")
    assert (step.state, step.warning) == (Step.State.DONE, ""), step.reason
    found = second_client.entity_sets.A_SalesOrder.get_entity(step.reference).expand("to_Partner").execute()
    assert (found.PurchaseOrderByCustomer, found.PurchaseOrderByShipToParty) == (order.number, order.reference)
    assert [(partner.PartnerFunction, partner.Customer) for partner in found.to_Partner] == [("SH", "17100001")]
    address = address_in(second_client, step.reference)
    assert {name: getattr(address, name) for name in addressed(order)} == addressed(order)
    assert address.CorrespondenceLanguage == "EN"
    assert client.sales_orders().find(order.number) == [step.reference]


def test_an_order_without_an_address_has_no_partner_of_its_own(order: Order, second_client: Any) -> None:
    tasks.notify_sap(order.pk)
    number = order.steps.get(name="sap").reference
    found = second_client.entity_sets.A_SalesOrder.get_entity(number).expand("to_Partner").execute()
    assert (found.to_Partner, found.PurchaseOrderByShipToParty) == ([], "")


@pytest.mark.parametrize(("where", "name", "value"), REFUSED.values(), ids=list(REFUSED))
def test_saps_code_refuses_what_the_stand_in_refuses(
    sap: Peer, products: list[Product], where: str, name: str, value: Any
) -> None:
    sent = sales_order(make_order([(products[0], 1)], **EVERYTHING), django_settings.SAP)
    with pytest.raises(Permanent, match="SAP did not accept the order"):
        client.sales_orders().create(changed(sent, where, name, value), assure=held)


def texts(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=most)


ANYTHING = {
    "customer_name": texts(200).filter(str.strip),
    "email": texts(241),
    "reference": texts(35),
    "shipping_name": texts(80),
    "shipping_phone": texts(30),
    "shipping_line1": texts(60),
    "shipping_line2": texts(40),
    "shipping_postal_code": texts(10),
    "shipping_city": texts(40),
    "shipping_state": texts(3),
    "shipping_country": st.sampled_from(sorted(COUNTRIES)),
}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(fields=st.fixed_dictionaries(ANYTHING))
def test_any_address_arrives_and_what_is_too_long_stands_in_the_text(
    second_client: Any, fields: dict[str, Any]
) -> None:
    product, _ = Product.objects.update_or_create(
        sku="ANY", defaults={"name": "Any", "price": Decimal(1), "sap_material": "TG11"}
    )
    order = make_order([(product, 1)], **fields)
    number = client.sales_orders().create(sales_order(order, django_settings.SAP), assure=held)
    [text] = second_client.entity_sets.A_SalesOrder.get_entity(number).expand("to_Text").execute().to_Text
    address = address_in(second_client, number)
    for name, value in addressed(order).items():
        there = getattr(address, name)
        assert there == value or (value.startswith(there) and value in text.LongText), name
