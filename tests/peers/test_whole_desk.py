"""A whole desk whose SAP and Segment are those firms' own code: an order by HTTP, and what of it arrives there."""

import json

import pyodata
import requests

from tests.end_to_end.conftest import (  # noqa: F401 - the fixtures of a whole desk
    OpenDesk,
    database_url,
    filled_database,
    open_desk,
)
from tests.end_to_end.desk import TUTORIAL
from tests.end_to_end.test_delivery import ADDRESSED, EVERYTHING, personal_in
from tests.peers.node import Peer

SAP = "/sap/opu/odata/sap/API_SALES_ORDER_SRV/"


def test_the_tutorials_order_and_one_with_everything_arrive_as_they_were_placed(
    open_desk: OpenDesk,  # noqa: F811
    database_url: str,  # noqa: F811
    broker_url: str,
    sap_process: Peer,
    segment_process: Peer,
) -> None:
    servers = {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": broker_url}
    sap = {"SHOP_SAP_URL": sap_process.url + SAP, "SHOP_SAP_USER": "SHOP", "SHOP_SAP_PASSWORD": "secret"}
    segment = {"SHOP_MARKETING_URL": segment_process.url, "SHOP_MARKETING_WRITE_KEY": "WRITEKEY"}
    desk = open_desk({**servers, **sap, **segment})
    plain, full = desk.post(TUTORIAL), desk.post(EVERYTHING)
    desk.wait_until_processed(plain, full)

    session = requests.Session()
    session.auth = ("SHOP", "secret")
    there = pyodata.Client(sap_process.url + SAP.rstrip("/"), session).entity_sets
    with_partner = there.A_SalesOrder.get_entities().expand("to_Partner")
    by_number = {row.PurchaseOrderByCustomer: row for row in with_partner.execute()}
    assert (by_number[plain].to_Partner, by_number[plain].PurchaseOrderByShipToParty) == ([], "")
    assert by_number[full].PurchaseOrderByShipToParty == EVERYTHING["reference"]
    [partner] = by_number[full].to_Partner
    address = there.A_SalesOrderPartnerAddress.get_entity(
        SalesOrder=by_number[full].SalesOrder, PartnerFunction=partner.PartnerFunction, AddressRepresentationCode=""
    ).execute()
    assert {name: getattr(address, name) for name in ADDRESSED} == ADDRESSED

    log = requests.get(f"{segment_process.url}/__test/events", timeout=10).json()
    arrived = {entry["messageId"].removeprefix("order-completed-"): entry for entry in log}
    assert arrived[full]["country"] == "DK"
    assert not arrived[plain].get("country")
    assert personal_in(json.dumps([arrived[plain], arrived[full]], ensure_ascii=False)) == []
