"""An order's number travels in the parcel: whoever has it sees how far the order is, and nothing personal."""

import json
from typing import Any

import pytest

from orders.events.cloudevent import cloudevent
from orders.models import Event, Order
from tests.orders.api.customer import Shop
from tests.orders.api.test_fields import ADDRESS, FULL

# Short texts are in times and ids by chance.
PERSONAL = [
    FULL["customer_name"], FULL["email"], FULL["note"], FULL["reference"],
    FULL["shipping"]["name"], FULL["shipping"]["phone"], *(text for text in ADDRESS.values() if len(text) > 3),
]  # fmt: skip


def seen(text: str) -> list[str]:
    return [personal for personal in PERSONAL if personal in text]


def test_a_number_alone_shows_nothing_personal(shop: Shop) -> None:
    answer = shop.post(FULL)
    shown = shop.get(answer.json()["order_num"])
    assert shown.status_code == 200
    for response in (answer, shown):
        assert seen(json.dumps(response.json(), ensure_ascii=False)) == []
        assert seen(str(dict(response.items()))) == []
    assert shown.json().keys() == {
        "order_num", "status", "total", "currency", "created_at", "settled_at", "cancelled_at", "lines", "steps",
        "packed_at", "shipped_at", "shipments",
    }  # fmt: skip


@pytest.mark.parametrize("names", [False, True])
def test_events_have_the_name_where_the_shop_wants_it_and_nothing_else(shop: Shop, settings: Any, names: bool) -> None:
    settings.EVENT_NAMES = names
    shop.post(FULL)
    told = json.dumps(cloudevent(Event.objects.get()), ensure_ascii=False)
    assert seen(told) == ([FULL["customer_name"]] if names else [])


def test_logs_have_nothing_personal(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    bad = FULL | {"email": f"{FULL['email']} x", "shipping": {"phone": "Jóna Möller", "address": ADDRESS | {"x": 1}}}
    with caplog.at_level("DEBUG"):
        assert [shop.post(body).status_code for body in (FULL, bad, FULL | {"total": 1})] == [201, 400, 409]
        shop.get(Order.objects.get().number)
    assert seen(caplog.text) == []


def test_a_problem_quotes_nothing_that_was_sent(shop: Shop) -> None:
    for body in (
        FULL | {"total": 1},
        FULL | {"email": f"{FULL['email']} x", "reference": f"{FULL['reference']}\u200b"},
        FULL | {"shipping": {"phone": "Jóna Möller", "address": ADDRESS | {"country": "Reykjavík", "city": "\0"}}},
        FULL | {"lines": [{"sku": FULL["email"] * 9, "quantity": FULL["email"]}]},
    ):
        answer = shop.post(body)
        assert answer.status_code in (400, 409)
        assert seen(json.dumps(answer.json(), ensure_ascii=False)) == []
