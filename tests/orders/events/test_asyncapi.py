"""Each kind of event, taken from a real RabbitMQ, is as docs/asyncapi.json says, and another library reads it."""

import json
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings import rabbitmq
from jsonschema import Draft7Validator
from pytest_django import Settings

from orders import lifecycle, placing
from orders.events import publisher
from orders.models import Event, Order
from orders.shipments import Parcel
from orders.steps import Done, Permanent, run_step, transitions
from orders.taking_back import take_back
from tests.factories import make_product
from tests.orders.events.follower import Follower
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.django_db(transaction=True)
DOCUMENT = json.loads((Path(__file__).resolve().parents[3] / "docs" / "asyncapi.json").read_text())


def place() -> Order:
    product = make_product(name="Lamp “O'Neill”")
    return placing.place_order(customer_name="Helgi Möller", quantities={product.pk: 2, make_product().pk: 1})


def refuse(claim: object) -> Done:
    raise Permanent("Helgi Möller is unknown.", next_action="Ask Helgi Möller.")


def let_everything_happen() -> None:
    order = place()
    run_step(order.pk, "sap", refuse)
    transitions.resend(order.steps.all(), by="anna")
    for name in order.steps.values_list("name", flat=True):
        run_step(order.pk, name, lambda claim: Done(reference="1"))
    orders = Order.objects.filter(pk=order.pk)
    lifecycle.pack(orders, by="anna")
    lifecycle.ship_order(order.pk, [Parcel("dhl", "1")], by="anna")
    lifecycle.add_shipment(order.pk, "ups", "2", by="anna")
    take_back(order.pk, "shipped", by="anna")
    take_back(order.pk, "packed", by="anna")
    lifecycle.cancel_order(place().pk, by="anna")


@pytest.fixture(params=[False, True], ids=["without names", "with names"])
def messages(request: pytest.FixtureRequest, broker: RabbitMQ, settings: Settings) -> dict[str, Any]:
    """One of each kind, by its routing key."""
    settings.EVENT_NAMES = request.param
    follower = Follower(broker, "follower")
    let_everything_happen()
    publisher.publish_events()
    found = {message.delivery_info["routing_key"]: message for message in follower.messages()}
    assert found.keys() == set(Event.Type.values)
    assert all(("Möller" in text(message)) is request.param for message in found.values())
    return found


def text(message: Any) -> str:
    """The body. py-amqp gives bytes or text, depending on what else of the desk this process has loaded."""
    return message.body.decode() if isinstance(message.body, bytes) else str(message.body)


def resolved(schema: Any) -> Any:
    """The schema with what its $refs mean in their place: one with a `$id` could not refer to the rest otherwise."""
    if isinstance(schema, list):
        return [resolved(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found: Any = DOCUMENT
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return resolved(found)
    return {key: resolved(value) for key, value in schema.items()}


def described(key: str) -> dict[str, Any]:
    """The message with this routing key in the document."""
    found: dict[str, Any] = next(
        message for message in DOCUMENT["components"]["messages"].values() if message["name"] == key
    )
    return found


def objections(key: str, event: dict[str, Any]) -> list[str]:
    schema = resolved(described(key)["payload"])
    return [error.message for error in Draft7Validator(schema).iter_errors(event)]


def undescribed(schema: dict[str, Any], data: Any) -> set[str]:
    """Names in the data that the schema does not have."""
    if isinstance(data, list):
        return set().union(*(undescribed(schema["items"], each) for each in data))
    if not isinstance(data, dict):
        return set()
    known = schema.get("properties", {})
    deeper = (undescribed(known[name], value) for name, value in data.items() if name in known)
    return set(data) - set(known) | set().union(*deeper)


def test_each_message_is_as_its_schema_says(messages: dict[str, Any]) -> None:
    schemas = {schema.get("$id"): schema for schema in DOCUMENT["components"]["schemas"].values()}
    envelope = DOCUMENT["components"]["schemas"]["CloudEvent"]["properties"]
    for key, message in messages.items():
        event = json.loads(text(message))
        assert objections(key, event) == []
        assert message.content_type == described(key)["contentType"]
        assert message.properties["type"] == described(key)["bindings"]["amqp"]["messageType"]
        assert event.keys() == envelope.keys()
        assert undescribed(resolved(schemas[event["dataschema"]]), event["data"]) == set()


def test_a_follower_is_told_of_all_parcels_of_the_order(messages: dict[str, Any]) -> None:
    for key, numbers in {"order.shipped": ["1"], "order.shipments_changed": ["1", "2"]}.items():
        shipments = json.loads(text(messages[key]))["data"]["shipments"]
        assert [shipment["tracking_number"] for shipment in shipments] == numbers
        assert objections(key, json.loads(text(messages[key]).replace('"dhl"', '"D H L"')))


def test_the_schema_sees_what_is_wrong(messages: dict[str, Any]) -> None:
    event = json.loads(text(messages["order.received"]))
    wrong = {"sequence": "1", "type": "order.lost", "data": {}, "subject": "17", "time": "yesterday", "source": ""}
    for name, value in wrong.items():
        assert objections("order.received", event | {name: value}), name


def test_another_library_reads_each_of_them(messages: dict[str, Any]) -> None:
    for key, message in messages.items():
        raw = rabbitmq.RabbitMQMessage({}, message.content_type, text(message).encode())
        read = rabbitmq.from_rabbitmq_event(raw)
        assert (read.get_type(), read.get_id()) == (key, message.properties["message_id"])
        assert read.get_extension("sequence") == read.get_id().partition("/")[2]
        data = read.get_data()
        assert isinstance(data, dict)
        assert data["order_num"] == read.get_subject()
