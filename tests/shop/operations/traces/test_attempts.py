"""What the span of an attempt says, for each way in which an attempt can end."""

from typing import Any

import pytest

from orders.models import Order
from orders.steps import ClaimLost, Done, NotYet, Permanent, UnknownOutcome, run_step
from shop.operations.traces import tracer
from shop.operations.traces.attempts import links
from tests.factories import make_order
from tests.servers.collector import Collector, Taken

pytestmark = pytest.mark.django_db

PARENT = "00-7bd1a5f60c22e94b8f3d60a1c5e2b974-51c3a9e07fb2d846-00"
WHO = "Sólveig Hjördís Aðalsteinsdóttir"


def attempt(there: Collector, ends: Done | Exception, **fields: Any) -> tuple[Order, Taken]:
    order = make_order(customer_name=WHO, traceparent=PARENT, **fields)

    def effect(claim: Any) -> Done:
        if isinstance(ends, Exception):
            raise ends
        return ends

    run_step(order.pk, order.steps.get().name, effect)
    tracer.end()
    (span,) = there.spans
    return order, span


@pytest.mark.parametrize(
    ("ends", "outcome", "code", "error"),
    [
        (Done(reference=WHO, answer=WHO, code="201"), "done", "201", None),
        (NotYet(f"no paper for {WHO}", code="paper"), "temporary", "paper", "paper"),
        (NotYet("no paper"), "temporary", "", "temporary"),
        (UnknownOutcome("no answer", code="time"), "unknown", "time", "time"),
        (Permanent(WHO, next_action="look", code="V1/382", answer=WHO), "permanent", "V1/382", "V1/382"),
        (KeyError(WHO), "unknown", "KeyError", "KeyError"),
        (ClaimLost(), "unrecorded", "", "unrecorded"),
    ],
)
def test_each_end_is_told(traced: Collector, ends: Any, outcome: str, code: str, error: str | None) -> None:
    order, span = attempt(traced, ends, steps=["sap"])
    assert span.about == {
        "desk.order": order.number,
        "desk.step": "sap",
        "desk.destination": "sap",
        "desk.attempt": 1,
        "desk.outcome": outcome,
        "desk.code": code,
    }
    assert (span.name, span.error) == ("step sap", error)
    assert span.links == [("7bd1a5f60c22e94b8f3d60a1c5e2b974", "51c3a9e07fb2d846")]
    assert span.trace != span.links[0][0]
    assert "Hjördís".encode() not in traced.raw


def test_a_later_step_names_its_destination(traced: Collector) -> None:
    _, span = attempt(traced, Done(), steps=["sap_cancel"], status=Order.Status.CANCELLED)
    assert (span.name, span.about["desk.destination"]) == ("step sap_cancel", "sap")


def test_what_is_not_attempted_has_no_span(traced: Collector) -> None:
    order = make_order(steps=["sap"])
    assert [run_step(order.pk, "sap", lambda claim: Done()) for _ in range(3)].count(True) == 1
    tracer.end()
    assert len(traced.spans) == 1


@pytest.mark.parametrize("traceparent", ["", "nonsense", "00-" + "0" * 32 + "-51c3a9e07fb2d846-01"])
def test_an_order_without_a_trace_has_attempts_without_a_link(traceparent: str) -> None:
    assert links(traceparent) == []
    assert len(links(PARENT)) == 1
