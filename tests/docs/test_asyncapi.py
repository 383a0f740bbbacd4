"""docs/asyncapi.json is what it says: AsyncAPI's own parser has nothing against it. Needs Node 20 and npm."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from orders.events.cloudevent import SCHEMA
from orders.fields import ADDRESS, FIELDS, SHIPPING, Text
from orders.messaging.queues import EVENTS_EXCHANGE
from orders.models import Event
from orders.naming import LINE_FIELDS, SPELLINGS
from tests.lacking import lacks
from tests.peers import node

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "asyncapi.json"
# It knows that there is a newer version than 3.0.
KNOWN = {"asyncapi-latest-version"}


def diagnosed(text: str) -> list[dict[str, Any]]:
    """What the parser has against a document."""
    try:
        packages = node.installed("asyncapi")
    except node.NoPeers as error:
        lacks(f"AsyncAPI's parser can't be had: {error}")
    done = subprocess.run(
        ["node", node.HERE / "asyncapi" / "check.js"],
        input=text,
        env=os.environ | {"NODE_PATH": str(packages / "node_modules")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [each for each in found if each["code"] not in KNOWN]


def test_the_parser_has_nothing_against_it() -> None:
    assert diagnosed(DOCUMENT.read_text()) == []


def test_the_parser_sees_what_is_wrong() -> None:
    document = json.loads(DOCUMENT.read_text())
    document["operations"]["sendOrderEvents"]["channel"]["$ref"] = "#/channels/nowhere"
    assert diagnosed(json.dumps(document))


def test_it_names_every_event_and_the_exchange_as_the_desk_has_them() -> None:
    document = json.loads(DOCUMENT.read_text())
    channel = document["channels"]["orderEvents"]
    assert channel["parameters"]["type"]["enum"] == Event.Type.values
    declared = channel["bindings"]["amqp"]["exchange"]
    assert declared == {
        "name": EVENTS_EXCHANGE.name,
        "type": EVENTS_EXCHANGE.type,
        "durable": True,
        "autoDelete": False,
    }
    ids = {schema.get("$id") for schema in document["components"]["schemas"].values()}
    assert {SCHEMA.format(type=kind) for kind in Event.Type.values} <= ids


def test_an_order_has_the_fields_and_lengths_that_the_desk_reads() -> None:
    order = json.loads(DOCUMENT.read_text())["components"]["schemas"]["Order"]["properties"]
    shipping, line = order["shipping"]["properties"], order["lines"]["items"]["properties"]
    address = shipping["address"]["properties"]
    assert order.keys() == {*FIELDS, *SPELLINGS}
    assert (shipping.keys(), address.keys(), line.keys()) == (SHIPPING.keys(), ADDRESS.keys(), set(LINE_FIELDS))
    for described, readers in ((order, FIELDS), (shipping, SHIPPING), (address, ADDRESS)):
        for name, reader in readers.items():
            if isinstance(reader, Text):
                assert described[name]["maxLength"] == reader.most, name
