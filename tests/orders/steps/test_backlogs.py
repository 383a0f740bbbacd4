from datetime import UTC, datetime
from typing import Any

import pytest

from orders.database.clock import from_now
from orders.models import Destination, Order, Step
from orders.steps.backlog import Backlog, backlogs
from tests.factories import make_order

FIRST, SECOND = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


def put(order: Order, name: str, state: str, **fields: Any) -> None:
    token = "0" * 32 if state == "running" else None
    order.steps.filter(name=name).update(state=state, token=token, **fields)


def counts(one: Backlog) -> tuple[int, int, int, int, datetime | None]:
    return one.open, one.held, one.due_later, one.parked, one.oldest


@pytest.fixture
def orders(db: None) -> list[Order]:
    """SAP: one parked, one running, one waiting, one queued; marketing queued; printing done."""
    made = [make_order(created_at=at) for at in (FIRST, SECOND, SECOND, SECOND)]
    for order, state in zip(made, ("parked", "running", "waiting", "queued"), strict=True):
        put(order, "sap", state)
        put(order, "printing", "done")
    return made


def test_a_queue_has_its_steps_by_what_they_wait_for(orders: list[Order]) -> None:
    found = {name: counts(one) for name, one in backlogs(Backlog).items()}
    assert found == {"sap": (3, 0, 1, 1, SECOND), "marketing": (4, 0, 0, 0, FIRST), "printing": (0, 0, 0, 0, None)}


def test_the_steps_of_a_paused_destination_are_held_but_for_those_that_run(orders: list[Order]) -> None:
    Destination.objects.create(name="sap", paused=True)
    Destination.objects.create(name="marketing", open_until=from_now())
    found = backlogs(Backlog)
    assert counts(found["sap"]) == (3, 2, 0, 1, SECOND)
    assert counts(found["marketing"]) == (4, 4, 0, 0, FIRST)


def test_a_step_that_undoes_another_waits_in_its_queue(db: None, settings: Any) -> None:
    make_order(steps=["sap_cancel", "sap", "gone"])
    found = backlogs(Backlog)
    assert (found["sap"].open, found["gone"].open) == (2, 1)
    assert Step.objects.count() == 3
