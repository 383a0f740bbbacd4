"""Orders against peers that answer 503, cut replies and drop sessions at random: each arrives exactly once.

SHOP_TEST_ORDERS says how many: `SHOP_TEST_ORDERS=1000 bin/test tests/peers` is the long form.
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from django.db import connection
from pytest_django import Settings

from integrations.sap.tasks import notify_sap
from integrations.segment.tasks import record_marketing
from orders.models import Destination, Product, Step
from tests.factories import make_order
from tests.peers.node import Peer

ORDERS = int(os.environ.get("SHOP_TEST_ORDERS", "60"))
WORKERS = 4


def run(step: tuple[int, str]) -> None:
    order_id, name = step
    try:
        {"sap": notify_sap, "marketing": record_marketing}[name](order_id)
    finally:
        connection.close()


def open_steps() -> list[tuple[int, str]]:
    """Makes whatever waits claimable at once, as if its time had come and its breaker had closed."""
    Destination.objects.all().delete()
    steps = Step.objects.filter(name__in=["sap", "marketing"], state__in=[Step.State.QUEUED, Step.State.WAITING])
    steps.update(state=Step.State.QUEUED)
    return list(steps.values_list("order_id", "name"))


@pytest.mark.timeout(60 + ORDERS)
@pytest.mark.django_db(transaction=True)
def test_each_order_becomes_exactly_one_sales_order_and_one_event(
    sap: Peer, segment: Peer, products: list[Product], settings: Settings
) -> None:
    # These peers have done what they will by the time they hang up.
    settings.SAP = replace(settings.SAP, request_limit=timedelta(0))
    settings.BREAKER_FAILURES = 10**6
    numbers = [make_order([(products[n % 2], 1 + n % 3)], customer_name=f"Customer {n}").number for n in range(ORDERS)]
    for peer in (sap, segment):
        peer.tell("chaos?rate=0.25&seed=7")
    rounds = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        while steps := open_steps():
            rounds += 1
            list(pool.map(run, steps))
    for peer in (sap, segment):
        peer.tell("chaos?rate=0")
    assert rounds > 2  # There was trouble.
    assert sales_orders(settings, numbers) == Counter(dict.fromkeys(numbers, 1))
    log = requests.get(segment.url + "/__test/events", timeout=30).json()
    counted = Counter(entry["messageId"] for entry in log if "event" in entry)
    assert {counted[f"order-completed-{number}"] for number in numbers} == {1}
    assert not Step.objects.filter(name__in=["sap", "marketing"]).exclude(state=Step.State.DONE).exists()


def sales_orders(settings: Settings, numbers: list[str]) -> Counter[str]:
    """How many sales orders SAP has for each order number."""
    response = requests.get(
        settings.SAP.service + "A_SalesOrder",
        params={"$select": "PurchaseOrderByCustomer", "$top": "100000", "$format": "json"},
        auth=("SHOP", "secret"),
        timeout=60,
    )
    found = Counter(row["PurchaseOrderByCustomer"] for row in response.json()["d"]["results"])
    return Counter({number: found[number] for number in numbers})
