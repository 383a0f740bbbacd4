"""One line of the log for each attempt."""

import logging
from typing import Any

import pytest

from orders import request_id
from orders.models import Order, Step
from orders.steps import Done, NotYet, Permanent, run_step
from orders.steps.outcome import StepError, UnknownOutcome
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def lines(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in caplog.records if record.name == "orders.steps.run" and hasattr(record, "attempt")]


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    request_id.end()
    logger = logging.getLogger("orders.steps.run")
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.INFO, logger.name)


def test_an_attempt_that_is_done_says_all_that_one_searches_for(caplog: pytest.LogCaptureFixture, heard: None) -> None:
    order = make_order(customer_name="Ragnheiður Ösp", request_id="front-17")
    seen: list[str] = []

    def effect(claim: Any) -> Done:
        seen.append(request_id.current())
        return Done(reference="4500001117")

    run_step(order.pk, "sap", effect)
    record = lines(caplog)[0]
    assert record.levelname == "INFO"
    assert (record.order, record.destination, record.outcome, record.attempt, record.reference) == (
        order.number, "sap", "done", 1, "4500001117",
    )  # fmt: skip
    assert record.milliseconds >= 0
    assert record.getMessage().startswith(f"step sap of {order.number}: done, attempt 1, ")
    assert "Ragnheiður" not in caplog.text
    assert seen == ["front-17"]
    assert request_id.current() == ""


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotYet("no paper"), "temporary"),
        (UnknownOutcome("no answer"), "unknown"),
        (Permanent("no such material", next_action="look"), "permanent"),
    ],
)
def test_each_failed_attempt_has_its_line(caplog: pytest.LogCaptureFixture, error: StepError, outcome: str) -> None:
    order = make_order()

    def effect(claim: Any) -> Done:
        raise error

    run_step(order.pk, "sap", effect)
    assert {(record.outcome, record.reference) for record in lines(caplog)} == {(outcome, "")}
    run_step(order.pk, "sap", effect)  # It waits, or is parked: nothing is attempted.
    assert len({id(record) for record in lines(caplog)}) == 1


def test_a_later_step_names_its_destination(caplog: pytest.LogCaptureFixture) -> None:
    order = make_order(steps=["sap_cancel"], status=Order.Status.CANCELLED)
    run_step(order.pk, "sap_cancel", lambda claim: Done())
    assert (lines(caplog)[0].step, lines(caplog)[0].destination) == ("sap_cancel", "sap")
    assert Step.objects.get().state == "done"
