"""The request that places an order: the caller's trace is kept, or the desk's own."""

from typing import Any

import pytest

from orders.models import Order
from orders.request_id import read_trace
from shop.operations.traces import tracer
from tests.factories import make_product
from tests.orders.api.customer import Shop
from tests.servers.collector import Collector

pytestmark = pytest.mark.django_db

CALLERS = "00-d3c7a90be15f42688c0b6a7e9f13d524-9ab4c7e20d5f8136-01"
BODY: dict[str, Any] = {"customer_name": "Steinunn Rán", "products_ids": [2, 42]}


@pytest.fixture
def products(db: None) -> None:
    for number in BODY["products_ids"]:
        make_product(id=number)


def test_a_request_without_one_has_the_desks(traced: Collector, products: None) -> None:
    for _ in range(2):
        assert Shop().post(BODY).status_code == 201
    tracer.end()
    kept = {order.number: order.traceparent[:52] for order in Order.objects.all()}  # Without the flags.
    assert kept == {span.about["desk.order"]: f"00-{span.trace}-{span.span}" for span in traced.spans}
    assert all(read_trace(order.traceparent) for order in Order.objects.all())
    assert len(set(kept.values())) == 2


def test_the_callers_is_kept_and_no_span_is_made(traced: Collector, products: None) -> None:
    Shop().post(BODY, traceparent=CALLERS)
    Shop().client.get("/health")
    tracer.end()
    assert Order.objects.get().traceparent == CALLERS
    assert traced.spans == []


def test_a_refused_order_says_so(traced: Collector, products: None) -> None:
    Shop().post({"customer_name": "Steinunn Rán", "products_ids": []})
    tracer.end()
    (span,) = traced.spans
    assert (span.about["http.response.status_code"], span.error) == (400, None)
    assert "desk.order" not in span.about


@pytest.mark.parametrize("variable", [("OTEL_SDK_DISABLED", "true"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "soon")])
def test_a_tracer_that_is_off_or_malformed_costs_no_order(
    traced: Collector, products: None, monkeypatch: pytest.MonkeyPatch, variable: tuple[str, str]
) -> None:
    monkeypatch.setenv(*variable)
    assert Shop().post(BODY).status_code == 201
    order = Order.objects.get()
    assert bool(order.traceparent) == (variable[1] == "soon")  # Ours is given, so that variable is not read.
