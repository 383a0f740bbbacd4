from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import Settings

from integrations.sap import tasks
from orders.models import Destination, Order, Step
from tests.integrations.running_sandbox import RunningSandbox
from tests.integrations.sap.odd_sap import OddSap

RunSap = Callable[[], Step]


@pytest.fixture
def odd(sandbox: RunningSandbox, settings: Settings) -> Iterator[OddSap]:
    """An SAP that answers as the test says; the settings point at it."""
    running = OddSap()
    settings.SAP = replace(settings.SAP, url=running.url, request_limit=timedelta(0))
    yield running
    running.close()


@pytest.fixture
def run_sap(order: Order) -> RunSap:
    """Runs the order's step `sap` as a worker does, whatever state it is in, and gives its row."""

    def run() -> Step:
        Step.objects.filter(order=order, name="sap").update(state=Step.State.QUEUED)
        Destination.objects.filter(name="sap").delete()
        tasks.notify_sap(order.pk)
        return order.steps.get(name="sap")

    return run
