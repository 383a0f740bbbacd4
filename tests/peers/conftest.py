"""Peers made of the receivers' own code judge what the desk sends. They need Node 20 and npm.

Where npm can't be had, their tests are left out and the run says so; in CI (CI=true) they fail.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyodata
import pytest
import requests
from pytest_django import Settings

from integrations.segment.settings import SegmentSettings
from orders.models import Order, Product
from tests.factories import make_order, make_product
from tests.peers import node

HERE = os.path.dirname(__file__)  # noqa: PTH120 - compared with pytest's own paths as text
_absent: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if str(item.path.parent) == HERE]
    if not ours or os.environ.get("CI") == "true":
        return
    try:
        for name in node.START:
            node.installed(name)
    except node.NoPeers as error:
        _absent.append(f"{len(ours)} tests with SAP's and Segment's own code were left out: {error}.")
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _absent:
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def sap_process() -> Iterator[node.Peer]:
    with node.running("sap") as peer:
        yield peer


@pytest.fixture(scope="session")
def segment_process() -> Iterator[node.Peer]:
    with node.running("segment") as peer:
        yield peer


@pytest.fixture
def sap(sap_process: node.Peer, settings: Settings) -> Iterator[node.Peer]:
    """SAP's own code; the settings point at it."""
    url = sap_process.url + "/sap/opu/odata/sap/API_SALES_ORDER_SRV/"
    settings.SAP = replace(settings.SAP, url=url, user="SHOP", password="secret", client="100", sold_to="17100001")
    yield sap_process
    sap_process.tell("chaos?rate=0")


@pytest.fixture
def second_client(sap: node.Peer) -> Any:
    """Another program's OData client, pyodata, at SAP's own code."""
    session = requests.Session()
    session.auth = ("SHOP", "secret")
    return pyodata.Client(sap.url + "/sap/opu/odata/sap/API_SALES_ORDER_SRV", session)


@pytest.fixture
def segment(segment_process: node.Peer, settings: Settings) -> Iterator[node.Peer]:
    """Segment's own code; the settings point at it."""
    settings.MARKETING = SegmentSettings(url=segment_process.url, write_key="WRITEKEY")
    yield segment_process
    segment_process.tell("chaos?rate=0")


@pytest.fixture
def products(db: None) -> list[Product]:
    return [
        make_product(sku="MUG", name="Mug", price=Decimal("19.90"), sap_material="TG11"),
        make_product(sku="LAMP", name="Lamp “O'Neill”", price=Decimal("45.00"), sap_material="TG12"),
    ]


@pytest.fixture
def order(products: list[Product]) -> Order:
    return make_order([(products[0], 2), (products[1], 1)], customer_name="Helgi Möller")
