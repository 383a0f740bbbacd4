"""SAP's own OData code judges our sales orders; a second client, pyodata, reads them back."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.sap import client, tasks
from integrations.sap.create import create_sales_order
from integrations.sap.payload import sales_order
from orders.lifecycle import cancel_order
from orders.models import Order, Product, Step
from orders.steps import LogonRefused, Permanent, claim_step
from tests.factories import make_order
from tests.integrations.deliveries import EVERYTHING
from tests.peers.node import Peer

pytestmark = pytest.mark.django_db


def test_a_second_client_reads_back_what_we_created(order: Order, second_client: Any) -> None:
    tasks.notify_sap(order.pk)
    number = order.steps.get(name="sap").reference
    found = second_client.entity_sets.A_SalesOrder.get_entity(number).expand("to_Item,to_Text").execute()
    assert (found.PurchaseOrderByCustomer, found.SoldToParty, found.TransactionCurrency) == (
        order.number,
        "17100001",
        "EUR",
    )
    assert Decimal(found.TotalNetAmount) == order.total == Decimal("84.80")
    items = [(item.Material, Decimal(item.RequestedQuantity), item.RequestedQuantityUnit) for item in found.to_Item]
    assert items == [("TG11", 2, "PC"), ("TG12", 1, "PC")]
    assert [text.LongText for text in found.to_Text] == ["Helgi Möller"]


def properties(payload: dict[str, Any], entity: Any, schema: Any) -> Iterator[tuple[Any, str, Any]]:
    """Every property we send, with its entity type and value; navigations are followed."""
    for name, value in payload.items():
        if isinstance(value, list):
            target = entity.nav_proprty(name).to_role.entity_type_name
            below = schema.entity_type(target)
            for row in value:
                yield from properties(row, below, schema)
        else:
            yield entity, name, value


def test_every_property_we_send_is_in_saps_metadata_and_fits(products: list[Product], second_client: Any) -> None:
    schema = second_client.schema
    order = make_order([(products[0], 1)], **EVERYTHING)
    payload = sales_order(order, django_settings.SAP)
    payload["to_Item"][0]["SalesDocumentRjcnReason"] = "Z1"
    sent = list(properties(payload, schema.entity_type("A_SalesOrder"), schema))
    assert {entity.name for entity, _, _ in sent} == {
        "A_SalesOrder",
        "A_SalesOrderHeaderPartner",
        "A_SalesOrderItem",
        "A_SalesOrderItemPrElement",
        "A_SalesOrderPartnerAddress",
        "A_SalesOrderText",
    }
    for entity, name, value in sent:
        declared = entity.proprty(name)
        assert declared.max_length is None or len(value) <= declared.max_length, name


def test_a_lost_answer_is_found_by_the_look_up(sap: Peer, order: Order) -> None:
    sap_client = client.sales_orders()
    sap_client.fetch_token()
    sap.tell("drop")
    tasks.notify_sap(order.pk)
    assert order.steps.get(name="sap").state == Step.State.WAITING
    order.steps.filter(name="sap").update(state=Step.State.QUEUED)
    tasks.notify_sap(order.pk)
    assert order.steps.get(name="sap").state == Step.State.DONE
    assert len(sap_client.find(order.number)) == 1


def test_a_cancelled_orders_items_are_rejected_with_their_etag(
    sap: Peer, order: Order, second_client: Any, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    tasks.notify_sap(order.pk)
    cancel_order(order.pk, by="test")
    tasks.cancel_in_sap(order.pk)
    step = order.steps.get(name="sap_cancel")
    assert step.state == Step.State.DONE, step.reason
    found = second_client.entity_sets.A_SalesOrder.get_entity(step.reference).expand("to_Item").execute()
    assert [item.SalesDocumentRjcnReason for item in found.to_Item] == ["Z1", "Z1"]


def test_saps_own_refusals_are_read(sap: Peer, order: Order, products: list[Product], settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, sold_to="4711")
    claim = claim_step(order.pk, "sap")
    assert claim is not None
    with pytest.raises(Permanent, match="Sold-to party 4711 not maintained"):
        create_sales_order(claim)
    settings.SAP = replace(settings.SAP, sold_to="17100001", password="wrong")
    with pytest.raises(LogonRefused, match="Logon Error Message"):
        create_sales_order(claim)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"PurchaseOrderByCustomer": "x" * 36}, "did not accept"),
        ({"SalesOrderType": None}, "did not accept"),
        ({"NoSuchProperty": "x"}, "did not accept"),
    ],
    ids=["36 characters", "missing type", "unknown property"],
)
def test_what_saps_code_refuses_is_parked(sap: Peer, order: Order, change: dict[str, Any], words: str) -> None:
    payload = sales_order(order, django_settings.SAP) | change
    with pytest.raises(Permanent, match=words):
        client.sales_orders().create(
            {name: value for name, value in payload.items() if value is not None}, assure=lambda: None
        )


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200).filter(str.strip)
PRICES = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(name=NAMES, price=PRICES, quantity=st.integers(1, 10_000))
def test_any_name_price_and_quantity_arrives_as_it_is(
    second_client: Any, name: str, price: Decimal, quantity: int
) -> None:
    product, _ = Product.objects.update_or_create(
        sku="ANY", defaults={"name": "Any", "price": price, "sap_material": "TG11"}
    )
    order = make_order([(product, quantity)], customer_name=name)
    number = client.sales_orders().create(sales_order(order, django_settings.SAP), assure=lambda: None)
    found = second_client.entity_sets.A_SalesOrder.get_entity(number).expand("to_Item,to_Text").execute()
    [item], [text] = found.to_Item, found.to_Text
    assert (text.LongText, Decimal(item.RequestedQuantity)) == (name, quantity)
    assert client.sales_orders().find(order.number) == [number]
