"""The span of the request that places an order. The order keeps its traceparent (https://www.w3.org/TR/trace-context/)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanContext, SpanKind, Status, StatusCode

from orders import request_id
from shop.operations.traces.tracer import tracer


def placed(request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponseBase]) -> HttpResponseBase:
    source = tracer()
    if source is None:
        return get_response(request)
    about = {"http.request.method": "POST", "http.route": "/order"}
    span = source.start_span("POST /order", context=Context(), kind=SpanKind.SERVER, attributes=about)
    request_id.keep_trace(traceparent(span.get_span_context()))
    try:
        response = get_response(request)
        _say_how_it_ended(span, response)
        return response
    finally:
        span.end()


def traceparent(context: SpanContext) -> str:
    """Empty where OpenTelemetry is switched off by its own variable."""
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _say_how_it_ended(span: Span, response: HttpResponseBase) -> None:
    span.set_attribute("http.response.status_code", response.status_code)
    data = getattr(response, "data", None)
    if isinstance(data, dict) and "order_num" in data:
        span.set_attribute("desk.order", str(data["order_num"]))
    if response.status_code >= 500:
        span.set_status(Status(StatusCode.ERROR, str(response.status_code)))
