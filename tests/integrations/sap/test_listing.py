"""All sales orders since a day: page by page, however long SAP's pages are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from integrations.sandbox import sap as stand_in
from integrations.sap import listing
from integrations.sap.client import sales_orders
from integrations.sap.listing import NotAll, created_since
from orders.steps import Temporary
from tests.integrations.running_sandbox import RunningSandbox
from tests.integrations.sap.odd_sap import OddSap, json_reply

TODAY = datetime.now(UTC).date()


def create(count: int) -> list[tuple[str, str]]:
    sap = sales_orders()
    made = []
    for number in range(count):
        payload = {
            "SalesOrderType": sap.config.order_type, "SalesOrganization": sap.config.sales_organization,
            "DistributionChannel": sap.config.distribution_channel, "OrganizationDivision": sap.config.division,
            "SoldToParty": sap.config.sold_to, "PurchaseOrderByCustomer": f"REF-{number}",
            "to_Item": [{"Material": "MAT-1"}],
        }  # fmt: skip
        made.append((sap.create(payload, assure=lambda: None), f"REF-{number}"))
    return made


@pytest.mark.parametrize("page", [1, 2, 3, 100])
def test_every_sales_order_is_listed_once(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setattr(stand_in, "MOST_ROWS", page)
    made = create(5)
    assert list(created_since(sales_orders(), TODAY)) == made
    assert list(created_since(sales_orders(), TODAY + timedelta(days=1))) == []


def test_a_list_that_begins_anew_with_each_page_is_no_list(odd: OddSap) -> None:
    odd.look_up = [json_reply(200, {"d": {"results": [{"SalesOrder": "4711", "PurchaseOrderByCustomer": "x"}]}})] * 3
    with pytest.raises(Temporary, match="begins anew"):
        list(created_since(sales_orders(), TODAY))


def test_it_ends_though_sap_has_more_and_says_so(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    create(3)
    monkeypatch.setattr(listing, "MOST", 2)
    monkeypatch.setattr(listing, "PAGE", 1)
    with pytest.raises(NotAll, match="first 2"):
        list(created_since(sales_orders(), TODAY))


def test_others_sales_orders_are_not_listed(sandbox: RunningSandbox, settings: Settings) -> None:
    create(1)
    settings.SAP = replace(settings.SAP, order_type="ZOR")
    assert list(created_since(sales_orders(), TODAY)) == []
