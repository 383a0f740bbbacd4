"""The message that places an order: the sender's trace is kept, or the desk's own."""

from typing import Any

import pytest

from orders.intake import arrival, taking
from orders.intake.taking import Outcome, take
from orders.models import Order
from shop.operations.traces import tracer
from tests.factories import make_product
from tests.orders.intake.test_taking import message
from tests.servers.collector import Collector

pytestmark = pytest.mark.django_db

SENDERS = "00-5e0c91b7f3a84d26b1d7c08a9e62f413-7d1f0a93c25be846-01"
WHO = "Hallgerður Ýr"
BODY: dict[str, Any] = {"customer_name": WHO, "products_ids": [3]}


@pytest.fixture(autouse=True)
def plugged(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make_product(id=3)
    monkeypatch.setattr(taking, "dispatch", lambda pk: None)


def test_each_message_without_a_trace_has_one_of_its_own(traced: Collector) -> None:
    for _ in range(2):
        assert take(arrival.read(message(BODY))) is Outcome.DONE
    tracer.end()
    kept = {order.number: order.traceparent[:52] for order in Order.objects.all()}  # Without the flags.
    assert kept == {span.about["desk.order"]: f"00-{span.trace}-{span.span}" for span in traced.named("process ")}
    assert len(set(kept.values())) == 2
    assert WHO.encode() not in traced.raw


def test_the_senders_is_kept_and_no_span_is_made(traced: Collector) -> None:
    take(arrival.read(message(BODY, headers={"traceparent": SENDERS})))
    tracer.end()
    assert Order.objects.get().traceparent == SENDERS
    assert traced.spans == []


def test_a_refused_order_is_no_error_and_one_that_the_desk_failed_on_is(
    traced: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(arrival.read(message({"customer_name": WHO, "products_ids": []})))

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(WHO)

    monkeypatch.setattr(taking, "place_once", fail)
    take(arrival.read(message(BODY)))
    tracer.end()
    assert [span.error for span in traced.named("process ")] == [None, "RuntimeError"]
    assert WHO.encode() not in traced.raw
