"""Orders and answers on a real RabbitMQ are as docs/asyncapi.json says, and what it forbids the desk refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.orders.intake.conftest import Orders, Program

pytestmark = pytest.mark.timeout(180)
DOCUMENT = json.loads((Path(__file__).resolve().parents[3] / "docs" / "asyncapi.json").read_text())

TAKEN = [
    {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]},
    {"customer_name": "李小龙", "product_ids": [2, 2], "note": "to the back door"},
    {"customer_name": "Jo", "lines": [{"product_id": 2, "quantity": 3}]},
    {
        "customer_name": "Jo",
        "email": "jo@example.com",
        "shipping": {
            "name": "Ann",
            "phone": "+354 555 1234",
            "address": {
                "line1": "Laugavegur 3",
                "line2": "2. hæð",
                "postal_code": "101",
                "city": "Reykjavík",
                "state": "1",
                "country": "is",
            },
        },
        "reference": "WEB-1001",
        "lines": [{"sku": "CUP-ENAMEL-B", "quantity": 3}],
        "total": 29.70,
        "currency": "eur",
    },
]
REFUSED: list[Any] = [
    {},
    [],
    {"customer_name": "Jo"},
    {"customer_name": "", "products_ids": [2]},
    {"customer_name": "Jo", "products_ids": []},
    {"customer_name": "Jo", "products_ids": ["2"]},
    {"customer_name": "Jo", "products_ids": [2], "lines": [{"product_id": 2, "quantity": 1}]},
    {"customer_name": "Jo", "lines": [{"product_id": 2, "quantity": 0}]},
    {"customer_name": "x" * 201, "products_ids": [2]},
    {"customer_name": "Jo", "products_ids": [2], "adress": {}},
    {"customer_name": "Jo", "products_ids": [2], "shipping": {"adress": {}}},
    {"customer_name": "Jo", "products_ids": [2], "shipping": {"address": {"city": "Reykjavík"}}},
    {"customer_name": "Jo", "products_ids": [2], "shipping": {"address": {"country": "Iceland"}}},
    {"customer_name": "Jo", "products_ids": [2], "email": ""},
    {"customer_name": "Jo", "products_ids": [2], "reference": "x" * 36},
    {"customer_name": "Jo", "products_ids": [2], "total": "12,34"},
    {"customer_name": "Jo", "products_ids": [2], "total": -1},
    {"customer_name": "Jo", "products_ids": [2], "currency": "EURO"},
    {"customer_name": "Jo", "lines": [{"sku": "SKU-2", "product_id": 2, "quantity": 3}]},
    {"customer_name": "Jo", "lines": [{"sku": "SKU-2", "quantity": 3, "price": 1}]},
]
# What no schema can know is refused too, and as described.
REFUSED_LATER: list[Any] = [
    {"customer_name": "Jo", "products_ids": [2], "total": "1.00"},
    {"customer_name": "Jo", "products_ids": [2], "email": "nobody"},
    {"customer_name": "Jo", "products_ids": [77]},
    {"customer_name": "Jo", "products_ids": [2], "reference": "WEB-1001"},
]


def at(reference: str) -> Any:
    found: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def objections(message: str, body: Any) -> list[str]:
    schema = at(at(f"#/components/messages/{message}")["payload"]["$ref"])
    return [error.message for error in Draft7Validator(schema).iter_errors(body)]


def test_orders_and_answers_are_as_described(orders: Orders, other: Program) -> None:
    queue = other.listen()
    described = {
        at(f"#/components/messages/{name}")["name"]: name for name in ("OrderAnswerPlaced", "OrderAnswerRefused")
    }
    bodies = [("order.placed", body) for body in TAKEN]
    for kind, body in [*bodies, *(("order.refused", body) for body in [*REFUSED, *REFUSED_LATER])]:
        assert (objections("PlaceOrder", body) != []) is (body in REFUSED), body
        other.send(body, reply_to=queue, user_id=other.user)
        answered, answer, message = other.answer()
        assert answered == kind, answer
        name = described[kind]
        assert objections(name, answer) == []
        schema = at(at(f"#/components/messages/{name}")["payload"]["$ref"])
        assert answer.keys() <= schema["properties"].keys()
        assert message.properties["content_type"] == at(f"#/components/messages/{name}/contentType")
        assert message.properties["type"] == at(f"#/components/messages/{name}/bindings/amqp/messageType")


def test_the_exchange_is_the_one_described(orders: Orders) -> None:
    described = at("#/channels/ordersIn")["bindings"]["amqp"]["exchange"]
    (found,) = (
        row
        for row in orders.broker.rows("list_exchanges", "name", "type", "durable", "auto_delete")
        if row["name"] == at("#/channels/ordersIn/address")
    )
    assert found == {
        "name": described["name"],
        "type": described["type"],
        "durable": described["durable"],
        "auto_delete": described["autoDelete"],
    }


def test_the_description_sees_what_is_wrong() -> None:
    answer = {"order_num": "7K3M-Q9TX-2BDF", "status": "received", "url": "/order/7K3M-Q9TX-2BDF"}
    assert objections("OrderAnswerPlaced", answer) == []
    for wrong in ({"order_num": "17"}, {"status": "shipped"}, {"url": 1}):
        assert objections("OrderAnswerPlaced", answer | wrong)
    assert objections("OrderAnswerRefused", {"status": 400})
