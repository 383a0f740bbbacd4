"""The span of the message that places an order. The order keeps its traceparent, as it does of a request."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from orders import request_id
from orders.errors import OrderError
from orders.messaging.queues import INTAKE
from shop.operations.traces.placing import traceparent
from shop.operations.traces.tracer import tracer

# https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
ABOUT = {"messaging.system": "rabbitmq", "messaging.operation.type": "process", "messaging.destination.name": INTAKE}


@contextmanager
def traced() -> Iterator[dict[str, str]]:
    """Around one reading of a message; one that came with a `traceparent` has a trace already. Yields what to tell."""
    told: dict[str, str] = {}
    source = None if request_id.trace() else tracer()
    if source is None:
        yield told
        return
    span = source.start_span(f"process {INTAKE}", context=Context(), kind=SpanKind.CONSUMER, attributes=ABOUT)
    request_id.keep_trace(traceparent(span.get_span_context()))
    try:
        yield told
    except Exception as error:
        _say_why(span, error)
        raise
    finally:
        span.set_attributes({f"desk.{name}": value for name, value in told.items()})
        span.end()


def _say_why(span: Span, error: Exception) -> None:
    """An order that is refused is no fault of the desk's; `error.code` and its like say nothing about a person."""
    if not isinstance(error, OrderError) or error.status >= 500:
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
