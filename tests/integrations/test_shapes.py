"""The shapes that payloads of tests are compared with do refuse what is wrong."""

from typing import Any

import pytest

from integrations.ga4 import client as ga4
from integrations.matomo import client as matomo
from integrations.segment import client as segment
from integrations.segment.payload import order_completed
from integrations.sizes import as_json
from orders.models import Order
from tests.integrations.shapes import objection_to

pytestmark = pytest.mark.django_db


def test_an_event_with_something_unknown_or_missing_is_objected_to(order: Order) -> None:
    batch: dict[str, Any] = {"batch": [order_completed(order)], "sentAt": "2026-11-23T08:00:00.123456+00:00"}
    assert objection_to(segment.NAME, {"data": as_json(batch)}) == ""
    assert "sentAt" in objection_to(segment.NAME, {"data": b'{"batch": []}'})
    del batch["batch"][0]["properties"]["currency"]
    assert "currency" in objection_to(segment.NAME, {"data": as_json(batch)})
    assert "events" in objection_to(ga4.NAME, {"data": b'{"client_id": "x"}'})
    assert "idsite" in objection_to(matomo.NAME, {"data": b"ec_items=[]"})
