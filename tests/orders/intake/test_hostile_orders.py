"""Whatever is sent to `orders.intake`, no worker ends and the next order is placed: real RabbitMQ, real worker."""

import json
import zlib
from struct import pack
from typing import Any

import pytest

from tests import hostile
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.hostile import Hostile, Raw, headed, with_field
from tests.orders.intake.conftest import ORDER, Orders, Program, wait_until_listening
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.timeout(180)

BODY = json.dumps(ORDER).encode()
TABLE = pack(">I", 0)


def short(text: bytes) -> bytes:
    return pack("B", len(text)) + text


def raw(flags: int, properties: bytes, body: bytes = BODY) -> Raw:
    """A message whose properties are these bytes. Flags: AMQP 0-9-1, 4.2.6.1, and the class Basic's properties."""
    message = Raw(body)
    message.raw = pack(">H", flags) + properties
    return message


# Content type 0x8000, encoding 0x4000, headers 0x2000, correlation id 0x0400, reply to 0x0200, message id 0x0080,
# timestamp 0x0040.
JSON = short(b"application/json")
AT = {
    "a message id of bytes": raw(0x8000 | 0x0080, JSON + short(b"\xff\xfe")),
    "an answer to bytes": raw(0x8000 | 0x0200, JSON + short(b"\xff\xfe")),
    "a correlation id of NULs": raw(0x8000 | 0x0400, JSON + short(b"a\0")),
    "no properties": raw(0, b""),
    "another type": raw(0x8000, short(b"text/plain")),
    "a type of bytes": raw(0x8000, short(b"\xff")),
    "an encoding": raw(0xC000, JSON + short(b"punycode"), b"a-" + b"9" * 15_000),
    "a task of the desk's": raw(0xE000, JSON + short(b"utf-8") + headed().headers, b"[[1], {}, {}]"),
    "a bomb": raw(0xE000, JSON + short(b"utf-8") + headed(compression="zlib").headers, zlib.compress(b"0" * 10**7)),
    "a nested bomb": raw(0x8000, JSON, b"[" * 1_000_000),
    "a nested object": raw(0x8000, JSON, b'{"a":' * 190_000),
    "not UTF-8": raw(0x8000, JSON, b'{"customer_name": "\xff", "products_ids": [2]}'),
    "a key twice": raw(0x8000, JSON, b'{"products_ids": [2], "products_ids": [4], "customer_name": "Jo"}'),
    "no body": raw(0x8000, JSON, b""),
    "20 MB": raw(0x8000, JSON, b'{"customer_name": "' + b"x" * 20_000_000 + b'"}'),
    "50 MB": raw(0x8000, JSON, b" " * 50_000_000),
}
# Headers and a time that mean nothing to the intake, however odd: the order is one.
FIELDS = hostile.HEADERS | {
    "bytes": Hostile(b"", with_field(b"x" + TABLE)),
    "a header's name that is no UTF-8": hostile.WIRE["a header's name that is no UTF-8"],
}
ODD = {name: raw(0xA000, JSON + message.headers) for name, message in FIELDS.items()}
ODD["a time of 584 billion years"] = raw(0x8000 | 0x0040, JSON + pack(">Q", 2**64 - 1))
UNREADABLE = {
    "tables in tables": raw(0xA000, JSON + hostile.WIRE["tables in tables"].headers),
}


def send(other: Program, messages: dict[str, Raw]) -> None:
    for message in messages.values():
        other.channel.basic_publish_confirm(message, "orders.intake", "orders.intake")


def check(orders: Orders, other: Program) -> None:
    """All are refused with a status of HTTP's, and the same worker goes on with its first connection."""
    bad = AT | UNREADABLE
    found = orders.wait_for_letters(len(bad), 90)
    assert {queue for queue, *_ in found} == {"orders.intake"}
    assert {problem["status"] for _, _, problem, _ in found} == {400, 413, 415}
    orders.wait_for_orders(len(ODD))
    queue = other.listen()
    other.send(message_id="next", reply_to=queue)
    assert other.answer()[0] == "order.placed"
    orders.wait_until_empty()
    (worker,) = orders.desk.workers()
    told = worker.log.read_text(errors="replace")
    assert worker.running
    assert told.count("Connected to amqp") == 1, told[-4000:]
    assert "Traceback" not in told, told[-8000:]
    assert not [line for line in told.splitlines() if line.startswith("forged")]


def test_a_worker_outlives_every_message_that_is_no_order(orders: Orders, other: Program) -> None:
    send(other, AT | UNREADABLE | ODD)
    check(orders, other)


def test_a_worker_starts_on_a_queue_full_of_them(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ, other: Program
) -> None:
    orders = Orders(open_desk(floor), own_broker)
    wait_until_listening(orders)
    orders.desk.processes.pop("worker1").stop()
    send(other, AT | UNREADABLE | ODD)
    orders.desk.start_worker("worker2")
    check(orders, other)


def test_a_refused_order_says_over_amqp_what_http_says(orders: Orders, other: Program) -> None:
    queue = other.listen()
    for bad in ({}, {"customer_name": "Jo", "products_ids": [2, 9999]}, {"customer_name": " ", "lines": [1]}, [1]):
        other.send(bad, reply_to=queue)
        kind, problem, _ = other.answer()
        assert (kind, problem) == ("order.refused", over_http(orders.desk, bad))
    orders.wait_for_letters(4)
    assert orders.count() == 0


def over_http(desk: TestDesk, body: Any) -> dict[str, Any]:
    import urllib.error

    with pytest.raises(urllib.error.HTTPError) as refused:
        desk.ask(f"{desk.url}/order", body)
    problem: dict[str, Any] = json.load(refused.value)
    assert problem.pop("request_id")  # A message has none.
    return problem


def test_a_message_with_another_key_and_a_made_up_death_is_a_dead_letter_all_the_same(
    orders: Orders, other: Program
) -> None:
    """The rights of an outside program are enough for it."""
    for reason in ("expired", "delivery_limit"):
        death = {"task": hostile.SWEEP, "x-death": [{"reason": reason, "queue": "sap"}]}
        other.send(key="elsewhere", application_headers=death)
    for queue, reason, *_ in orders.wait_for_letters(2):
        said = "No queue takes messages of exchange 'orders.intake' with key 'elsewhere'."
        assert (queue, reason) == ("elsewhere", said)


def test_a_message_with_another_key_is_a_dead_letter_that_says_so(orders: Orders, other: Program) -> None:
    other.send(key="order.intake", message_id="one")
    wait_for(orders.letters, "the dead letter is kept")
    ((_, reason, _, properties),) = orders.letters()
    assert reason == "No queue takes messages of exchange 'orders.intake' with key 'order.intake'."
    assert properties == {"message_id": "one"}
