"""An order keeps which request placed it, in either way of saving it, and at no price."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import placing_sql, request_id
from orders.models import Order, Product
from orders.placing import place_order
from tests.orders.api.customer import Shop

pytestmark = pytest.mark.django_db

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
BODY = {"customer_name": "Freyja Lind", "products_ids": [2, 42]}


@pytest.mark.parametrize(("trace", "kept"), [(TRACE, TRACE), ("00-nonsense", ""), (None, "")])
def test_over_http(catalogue: list[Product], trace: str | None, kept: str) -> None:
    headers = {"traceparent": trace} if trace else {}
    answer = Shop().post(BODY, Request_Id="front-17", **headers)
    assert answer.status_code == 201
    order = Order.objects.get(number=answer.json()["order_num"])
    assert (order.request_id, order.traceparent) == ("front-17", kept)


def test_a_request_without_an_id_of_its_own_is_found_by_the_answers(catalogue: list[Product]) -> None:
    answer = Shop().post(BODY)
    assert Order.objects.get().request_id == answer["Request-Id"]


@pytest.mark.parametrize("by_orm", [False, True])
def test_the_orm_and_sql_keep_the_same_and_ask_no_more(
    catalogue: list[Product], by_orm: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_orm:
        monkeypatch.setattr(placing_sql, "on_postgresql", lambda: False)

    def place(*request: Any) -> tuple[Order, int]:
        request_id.begin(*request) if request else request_id.end()
        with CaptureQueriesContext(connection) as asked:
            order = place_order(customer_name="Freyja Lind", quantities={2: 1})
        request_id.end()
        return Order.objects.get(pk=order.pk), len(asked)

    without, before = place()
    order, after = place("front-17", TRACE)
    assert (without.request_id, without.traceparent) == ("", "")
    assert (order.request_id, order.traceparent) == ("front-17", TRACE)
    assert before == after
