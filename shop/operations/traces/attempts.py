"""A span for each attempt at a step, in a trace of its own, linked to the request that placed the order.

No name, address or answer is in it: order number, step, destination, attempt, outcome and code.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from orders.models import Attempt
from orders.request_id import read_trace
from orders.steps import Claim
from shop.operations.traces.tracer import tracer

# The claim was lost, or the database away for too long: what became of the attempt stands nowhere.
UNRECORDED = "unrecorded"


@contextmanager
def traced(claim: Claim) -> Iterator[None]:
    """Around one attempt."""
    source = tracer()
    if source is None:
        yield
        return
    span = source.start_span(
        f"step {claim.step.name}",
        context=Context(),  # A trace of its own, whatever was going on.
        kind=SpanKind.CONSUMER,
        links=links(claim.order.traceparent),
        attributes=about(claim),
    )
    try:
        yield
    finally:
        _say_how_it_ended(span, claim)
        span.end()


def about(claim: Claim) -> dict[str, str | int]:
    return {
        "desk.order": claim.order.number,
        "desk.step": claim.step.name,
        "desk.destination": settings.STEP_QUEUES.get(claim.step.name, claim.step.name),
        "desk.attempt": claim.step.attempts,
    }


def links(traceparent: str) -> list[Link]:
    """To the request's span. None for an order without: from before, or by RabbitMQ without one."""
    if not read_trace(traceparent):
        return []
    _, trace, parent, flags = traceparent.split("-")
    return [Link(SpanContext(int(trace, 16), int(parent, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))))]


def _say_how_it_ended(span: Span, claim: Claim) -> None:
    outcome, code = claim.told.get("outcome", UNRECORDED), claim.told.get("code", "")
    span.set_attributes({"desk.outcome": outcome, "desk.code": code})
    if outcome != Attempt.Outcome.DONE:
        span.set_status(Status(StatusCode.ERROR, code or outcome))
