"""Peers made of the receivers' own code judge what the desk sends. They need Node 20 and npm.

Where npm can't be had, their tests are left out and the run says so; in CI (CI=true) they fail.
"""

import os

import pytest

from orders.models import Product
from orders.placing import place_order
from tests.peers import node

HERE = os.path.dirname(__file__)  # noqa: PTH120 - compared with pytest's own paths as text
_absent: list[str] = []


def pytest_collection_modifyitems(config, items):
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


def pytest_terminal_summary(terminalreporter):
    for line in _absent:
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def sap_process():
    with node.running("sap") as peer:
        yield peer


@pytest.fixture(scope="session")
def segment_process():
    with node.running("segment") as peer:
        yield peer


@pytest.fixture
def sap(sap_process, settings):
    """SAP's own code; the settings point at it."""
    settings.SAP_URL = sap_process.url + "/sap/opu/odata/sap/API_SALES_ORDER_SRV/"
    settings.SAP_USER, settings.SAP_PASSWORD, settings.SAP_CLIENT = "SHOP", "secret", "100"
    settings.SAP_SOLD_TO = "17100001"
    yield sap_process
    sap_process.tell("chaos?rate=0")


@pytest.fixture
def segment(segment_process, settings):
    """Segment's own code; the settings point at it."""
    settings.MARKETING_URL, settings.MARKETING_WRITE_KEY = segment_process.url, "WRITEKEY"
    yield segment_process
    segment_process.tell("chaos?rate=0")


@pytest.fixture
def products(db):
    return [
        Product.objects.create(sku="MUG", name="Mug", price="19.90", sap_material="TG11"),
        Product.objects.create(sku="LAMP", name="Lamp “O'Neill”", price="45.00", sap_material="TG12"),
    ]


@pytest.fixture
def order(products):
    return place_order(customer_name="Helgi Möller", quantities={products[0].pk: 2, products[1].pk: 1})
