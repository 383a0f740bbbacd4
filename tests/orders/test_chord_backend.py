"""The chord's body runs when all rows are done, whatever the messages did."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.db import OperationalError

from orders import chord_backend
from orders.chord_backend import StepRows
from orders.models import Order
from orders.steps import Done, run_step


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(chord_backend, "publish_settles", ids.extend)
    return ids


def ends(order: Order, name: str, state: str = "SUCCESS") -> None:
    """One delivery of a header task, as Celery reports it to the backend."""
    run_step(order.pk, name, lambda claim: Done())
    request: Any = SimpleNamespace(chord={"args": [order.pk]})
    StepRows(app=current_app).on_chord_part_return(request, state, None)


@pytest.mark.parametrize(
    "sequence", [["sap", "marketing", "printing"], ["sap", "sap", "marketing", "printing"], ["printing", "sap", "sap"]]
)
def test_the_body_is_sent_when_the_last_step_is_done_and_not_before(
    order: Order, settled: list[int], sequence: list[str]
) -> None:
    for name in sequence[:-1]:
        ends(order, name)
        assert settled == []
    ends(order, sequence[-1])
    assert settled == ([order.pk] if len(set(sequence)) == 3 else [])


def test_a_header_that_failed_sends_nothing(order: Order, settled: list[int]) -> None:
    for name in ("sap", "marketing", "printing"):
        ends(order, name, "FAILURE")
    assert settled == []


def test_a_database_or_broker_that_is_away_does_not_fail_the_step(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(order_id: int) -> bool:
        raise OperationalError("away")

    monkeypatch.setattr(chord_backend, "is_complete", away)
    ends(order, "sap")
    assert order.steps.get(name="sap").state == "done"
